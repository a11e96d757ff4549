#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh clone to ./tcptutor: installs what is missing, configures, builds. Run again, it only
# builds what has changed. Nothing is done as root but installing packages (and, where you ask for it
# with --apparmor, one AppArmor profile).
set -u
cd "$(dirname "$0")" || exit 1
here=$(pwd -P)
log=$here/bootstrap.log

usage() {
  cat <<'END'
usage: ./bootstrap.sh [--for kernels|fuzz] [--apparmor] [--help]
  (nothing)    install missing packages, configure, build ./tcptutor
  --for WHAT   also install what `make check-kernels` (kernels) or `make fuzz` (fuzz) needs
  --apparmor   also allow ./tcptutor its private network, where AppArmor withholds it (Ubuntu 24.04):
               writes /etc/apparmor.d/tcptutor and loads it
END
}

say() { printf 'bootstrap: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

# Runs a step out of sight; if it fails, shows the end of what it said.
step() {
  printf '\n== %s\n' "$*" >>"$log"
  "$@" </dev/null >>"$log" 2>&1 && return
  tail -n 40 "$log" >&2
  die "this failed: $*   (all of it: $log)"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif ! command -v sudo >/dev/null 2>&1; then
    say "this needs root, and there is no sudo: $*" >&2
    return 1
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# What is needed: how to see that it is there, and its package for apt, dnf, pacman and apk ('-' = comes
# with another). The lines marked `test` are for make check; the program builds without them. Those of other
# marks are asked for with --for.
needs() {
  cat <<'END'
build cmd gcc         gcc              gcc                 gcc            gcc
build hdr stdio.h     libc6-dev        glibc-devel         -              musl-dev
build hdr linux/tcp.h linux-libc-dev   kernel-headers      -              linux-headers
build cmd make        make             make                make           make
build cmd autoconf    autoconf         autoconf            autoconf       autoconf
build cmd automake    automake         automake            automake       automake
build cmd pkg-config  pkg-config       pkgconf-pkg-config  pkgconf        pkgconf
build cmd awk         mawk             gawk                gawk           gawk
build lib libpcap     libpcap-dev      libpcap-devel       libpcap        libpcap-dev
build lib libmnl      libmnl-dev       libmnl-devel        libmnl         libmnl-dev
build lib readline    libreadline-dev  readline-devel      readline       readline-dev
build lib libcmark    libcmark-dev     cmark-devel         cmark          cmark-dev
build lib jansson     libjansson-dev   jansson-devel       jansson        jansson-dev
build net libnet      libnet1-dev      libnet-devel        libnet         libnet-dev
test  lib cmocka      libcmocka-dev    libcmocka-devel     cmocka         cmocka-dev
test  cmd python3     python3          python3             python         python3
test  mod pyte        python3-pyte     python3-pyte        python-pyte    py3-pyte
kernels cmd qemu-system-x86_64 qemu-system-x86 qemu-system-x86-core qemu-system-x86 qemu-system-x86_64
kernels sta busybox   busybox-static   busybox             busybox        busybox-static
kernels cmd cpio      cpio             cpio                cpio           cpio
kernels cmd depmod    kmod             kmod                kmod           kmod
kernels cmd xz        xz-utils         xz                  xz             xz
kernels cmd zstd      zstd             zstd                zstd           zstd
kernels cmd apt-get   apt              apt                 apt            -
fuzz  cmd clang       clang            clang               clang          clang
fuzz  lib-fuzzer -    libclang-rt-dev  compiler-rt         compiler-rt    compiler-rt
END
}

# The same in a few questions instead of one each, for every later run.
have_all() {
  for c in gcc make autoconf automake pkg-config awk python3; do command -v "$c" >/dev/null 2>&1 || return 1; done
  pkg-config --exists libpcap libmnl readline libcmark jansson cmocka 2>/dev/null || return 1
  have net libnet || return 1
  [ -e /usr/include/stdio.h ] && [ -e /usr/include/linux/tcp.h ] || return 1
  have mod pyte
}

have() {
  case $1 in
  cmd) command -v "$2" >/dev/null 2>&1 || [ -x "/usr/sbin/$2" ] || [ -x "/sbin/$2" ] ;;
  sta) command -v "$2" >/dev/null 2>&1 && ! ldd "$(command -v "$2")" >/dev/null 2>&1 ;;
  hdr) [ -e "/usr/include/$2" ] || echo "#include <$2>" | gcc -E - >/dev/null 2>&1 ;;
  lib) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" ;;
  net) command -v libnet-config >/dev/null 2>&1 || have lib libnet ;;
  mod) # packages are for the distribution's own python3, even where another comes first in PATH
    python3 -c "import $2" >/dev/null 2>&1 || /usr/bin/python3 -c "import $2" >/dev/null 2>&1 ;;
  lib-fuzzer)
    echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p && n ? 0 : 0; }' |
      clang -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null
    ;;
  esac
}

missing() { # missing MARKS COLUMN: the packages, one a line
  needs | while read -r for kind name apt dnf pacman apk; do
    case " $1 " in *" $for "*) ;; *) continue ;; esac
    have "$kind" "$name" && continue
    case $2 in apt) p=$apt ;; dnf) p=$dnf ;; pacman) p=$pacman ;; apk) p=$apk ;; *) p=$name ;; esac
    [ "$p" = - ] || echo "$p"
  done
}

install_packages() { # install_packages MANAGER PACKAGE...
  pm=$1
  shift
  case $pm in
  apt)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 update &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
        -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
    ;;
  dnf) as_root dnf -q -y install "$@" ;;
  pacman) as_root pacman -S --noconfirm --needed "$@" ;;
  apk) as_root apk add "$@" ;;
  esac
}

get_packages() {
  pm=none
  for p in apt-get dnf pacman apk; do
    if command -v "$p" >/dev/null 2>&1; then
      pm=${p%-get}
      break
    fi
  done
  want=$(missing "build test $more" "$pm" | tr '\n' ' ')
  [ -n "$want" ] || return 0
  if [ "$pm" = none ]; then
    say "no apt, dnf, pacman or apk here; install by hand what these names stand for: $want" >&2
  else
    say "installing: $want"
    # shellcheck disable=SC2086
    if [ -t 0 ]; then install_packages "$pm" $want >>"$log"; else install_packages "$pm" $want >>"$log" 2>&1; fi && return 0
    tail -n 5 "$log" >&2
  fi
  rest=$(missing build "$pm" | tr '\n' ' ')
  [ -z "$rest" ] || die "cannot build without: $rest"
  rest=$(missing test "$pm" | tr '\n' ' ')
  [ -z "$rest" ] || say "going on without $rest(make check will do less)"
  for what in $more; do
    rest=$(missing "$what" "$pm" | tr '\n' ' ')
    [ -z "$rest" ] || die "cannot do what --for $what is for without: $rest"
  done
}

profile() {
  cat <<END
# Written by tcptutor's bootstrap.sh. It lets this one program make user namespaces, in which it keeps its
# private network; it is otherwise as free as any program without a profile. To take it back:
#   apparmor_parser -R /etc/apparmor.d/tcptutor && rm /etc/apparmor.d/tcptutor
abi <abi/4.0>,
include <tunables/global>

profile tcptutor "$here/tcptutor" flags=(unconfined) {
  userns,
}
END
}

# True where AppArmor withholds what the lab needs and no profile names this program yet.
apparmor_in_the_way() {
  [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ] || return 1
  ! grep -qsF "\"$here/tcptutor\"" /etc/apparmor.d/tcptutor
}

install_profile() {
  command -v apparmor_parser >/dev/null 2>&1 || [ -x /usr/sbin/apparmor_parser ] ||
    die "no apparmor_parser here: this machine has no AppArmor that could withhold anything"
  case $here in *[!A-Za-z0-9/._+@~-]*) die "AppArmor's profiles cannot name this folder safely: $here" ;; esac
  if ! { profile | as_root tee /etc/apparmor.d/tcptutor >/dev/null; } ||
    ! as_root env PATH="$PATH:/usr/sbin:/sbin" apparmor_parser -r /etc/apparmor.d/tcptutor; then
    die "could not install /etc/apparmor.d/tcptutor"
  fi
  say "installed /etc/apparmor.d/tcptutor"
}

offer_profile() {
  asked=build-aux/apparmor-asked
  if [ -t 0 ] && [ -t 1 ] && [ ! -e "$asked" ]; then
    : >"$asked"
    say "AppArmor here withholds the private network tcptutor needs. This profile would allow it, for this program only:"
    profile
    printf 'Install it as /etc/apparmor.d/tcptutor? [y/N] '
    read -r answer
    case $answer in [yY]*) install_profile ;; esac
  else
    say 'built: ./tcptutor   AppArmor withholds its private network; to allow it: ./bootstrap.sh --apparmor'
    exit 0
  fi
}

apparmor=no more=
while [ $# -gt 0 ]; do
  case $1 in
  --apparmor) apparmor=yes ;;
  --for)
    case ${2-} in kernels | fuzz) more="$more $2" && shift ;; *) usage >&2; exit 2 ;; esac
    ;;
  --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
  esac
  shift
done

: >"$log" || exit 1
if [ -n "$more" ] || ! have_all; then get_packages; fi

if [ ! -x configure ] || [ ! -e Makefile.in ] ||
  [ -n "$(find configure.ac Makefile.am engine cli lessons tests -name '*.a[cm]' -newer Makefile.in 2>/dev/null)" ]; then
  step autoreconf -i
fi
if [ ! -e Makefile ] || { grep -q '^HAVE_CMOCKA_TRUE = #' Makefile && have lib cmocka; }; then
  say 'configuring'
  step ./configure -q
fi
[ -x tcptutor ] || say 'building'
step make -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)"

if [ "$apparmor" = yes ]; then
  install_profile
elif [ "$(id -u)" -ne 0 ] && apparmor_in_the_way; then
  offer_profile
fi
say 'built: ./tcptutor'
