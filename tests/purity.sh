#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# base, segment and tcp are pure: nothing from outside but what moves octets, compares them or formats text. What is
# not on this list is not used: no allocation, no input or output, no clock, no environment, no end of the program.
# (tests/layers.py holds the rules for the layers above, and who may include whom.)
set -u
build=${top_builddir:-.}
allowed='
memcpy memmove memset memcmp bcmp memchr
strlen strcmp strncmp strchr strrchr strspn strcspn strstr strcasecmp strncasecmp
snprintf vsnprintf
'
# What compilers and hardening add of their own accord, and the sanitizers and coverage when they are asked for.
compiler='^(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__.*_chk|__isoc.*|__asan_.*|__ubsan_.*|__sanitizer_.*|__gcov_.*|__llvm_.*|__sancov_.*)$'

libraries='base segment tcp'
echo "1..$(echo "$libraries" | wc -w)"
number=0
status=0
defined=$(for l in $libraries; do nm -g --defined-only "$build/engine/$l/lib$l.a" 2>/dev/null; done | awk 'NF == 3 { print $3 }')
for library in $libraries; do
  number=$((number + 1))
  archive=$build/engine/$library/lib$library.a
  if ! nm -u "$archive" >/dev/null 2>&1; then
    echo "not ok $number - nm reads $archive"
    status=1
    continue
  fi
  strange=$(nm -u "$archive" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' | sort -u | while read -r symbol; do
    case " $(echo $allowed $defined) " in
      *" $symbol "*) ;;
      *) echo "$symbol" | grep -Ev "$compiler" ;;
    esac
  done)
  if [ -z "$strange" ]; then
    echo "ok $number - lib$library.a takes nothing impure from outside"
  else
    echo "not ok $number - lib$library.a uses $(echo $strange)"
    status=1
  fi
done
exit $status
