#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make check-kernels KERNELS="6.1 6.12": tries the build in this folder under each (boot.sh, guest.sh): the lessons, the
# tests of what asks the kernel, and N cases of fidelity from SEED. Prints a line for each; what was printed there is
# in tests/kernels/results/KERNEL. A kernel that the archive has no more is said and passed by.
# Exit status 0: every kernel that was to be had did all.
set -u
: "${MEASURED:?}" "${KERNELS:?}" "${N:?}" "${SEED:?}" "${LAB:=}"

here=$(dirname "$0") failed=0 tried=0

# What logs of TAP say: "441 ok". A status says what they may not: that a test was never finished.
tap() { # tap STATUS LOGS...
  local status=$1 good bad
  shift
  good=$(cat "$@" | grep -cE '^ok ') bad=$(cat "$@" | grep -E '^not ok ' | grep -cv '# SKIP')
  [ "$bad" -gt 0 ] || [ "$status" = 0 ] || bad=1
  if [ "$bad" -gt 0 ]; then echo "$good ok, $bad NOT OK"; else echo "$good ok"; fi
}
worst() { sort -n "$@" | tail -n 1; }

row() { printf '%-12s %-20s %-20s %-24s %s\n' "$@"; }

tell() { # tell KERNEL RESULTS SECONDS
  local r=$2 version lessons lab fidelity rows
  version=$(grep -oE 'Debian [0-9][0-9.]*-[0-9]+ \(20' "$r/version" | sed 's/Debian //; s/-.*//')
  lessons=$(tap "$(worst "$r/handshake.status" "$r/lessons.status")" "$r/lessons.log")
  lab=-
  [ -z "$LAB" ] || lab=$(tap "$(cat "$r/make.status")" "$r"/lab-*.log)
  fidelity=$(sed -nE 's/^fidelity: .*: ([0-9]+) cases, ([0-9]+) agree.*/\2 of \1 agree/p' "$r/fidelity.log")
  rows=$(sed -nE 's/^fidelity: .* ([0-9]+) of ([0-9]+) rules.*/\1 of \2/p' "$r/fidelity.log")
  row "${version:-$1}" "$lessons" "$lab" "${fidelity:-did not run}" "${rows:--}"
  grep -E '^not ok' "$r"/lessons.log "$r"/lab-*.log 2>/dev/null | grep -v '# SKIP' | sed -E 's#^.*/([^/]*)\.log:#             \1: #' | head -n 20
  [ "$(worst "$r"/*.status)" = 0 ]
}

row kernel lessons 'lab tests' "fidelity, seed $SEED" 'rows met'
for kernel in $KERNELS; do
  results=tests/kernels/results/$kernel
  rm -rf "$results" && mkdir -p "$results"
  "$here/boot.sh" "$kernel" "$results" env N="$N" SEED="$SEED" LAB="$LAB" bash "$here/guest.sh" 2>"$results/said"
  case $? in
  64) row "$kernel" "$(cat "$results/said"): passed by" '' '' '' ;;
  65) cat "$results/said" && failed=1 ;;
  *) tried=$((tried + 1)) && tell "$kernel" "$results" || failed=1 ;;
  esac
done
fired=$(find tests/kernels/results -name fired -size +0)
# shellcheck disable=SC2086
[ -z "$fired" ] || "${PYTHON:-python3}" -B "$here/measured.py" "$MEASURED" $fired
[ "$failed" -eq 0 ] && [ "$tried" -gt 0 ]
