#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What check.sh wants tried under another kernel, in the build's folder: as an ordinary user, but for LAB. $RESULTS/NAME.log is what
# was printed, $RESULTS/NAME.status how it ended.
set -u
home=/tmp/ordinary
mkdir -p "$home" && chown 65534:65534 "$home"
cp /proc/version "$RESULTS/version"

try() { # try NAME COMMAND...
  local name=$1
  shift
  setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$home" "$@" </dev/null >"$RESULTS/$name.log" 2>&1
  echo $? >"$RESULTS/$name.status"
}

try doctor ./tcptutor doctor
try handshake ./tcptutor --speed 1000 play handshake
try lessons ./tcptutor check --skip slow
touch "$RESULTS/fired" && chmod 666 "$RESULTS/fired"
try fidelity tests/fidelity/fidelity N="$N" SEED="$SEED" --fired "$RESULTS/fired"
# As root, who alone may write to the build here; the lab makes a user namespace for root, too.
if [ -n "$LAB" ]; then
  make -s check TESTS="$LAB" >"$RESULTS/make.log" 2>&1
  echo $? >"$RESULTS/make.status"
  for test in $LAB; do
    log=${test%.*}.log
    cp "$log" "$RESULTS/lab-${log##*/}"
  done
fi
