#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# boot.sh KERNEL RESULTS COMMAND...: runs COMMAND, as root, under another Linux.
#
# An emulator (qemu; it needs no help from the hardware) boots Debian's package of KERNEL, a version such as 6.1. Its
# files are this machine's, read-only, under a layer in memory: programs, libraries and the build are as they are here,
# the working directory is this one, and nothing that COMMAND writes stays but what it writes to the folder RESULTS,
# which it knows as $RESULTS. What it prints is RESULTS/output, what its kernel says RESULTS/console.
#
# The package comes, once, from where this machine's own come from (apt). What is wanted of it is kept in
# ${KERNEL_STORE:-tests/kernels/store}: the kernel, and an initrd with the modules that a lab needs.
#
# Exit status: COMMAND's; 64 the archive has no such kernel; 65 it cannot be had or booted here. One line on stderr
# says why.
set -uo pipefail
NO_SUCH=64 CANNOT=65
: "${LIMIT:=1500}" # seconds until the machine is ended
PATH=$PATH:/usr/sbin:/sbin
kernel=${1:?which kernel: 6.1} results=${2:?where its results go}
shift 2

cannot() { echo "$kernel cannot be booted here: $*" >&2; exit $CANNOT; }

for p in qemu-system-x86_64 busybox cpio depmod zstd xz apt-get dpkg-deb; do
  command -v "$p" >/dev/null || cannot "no $p (./bootstrap.sh --for kernels)"
done
ldd "$(command -v busybox)" >/dev/null 2>&1 && cannot 'busybox is not static (./bootstrap.sh --for kernels)'
store=${KERNEL_STORE:-tests/kernels/store}/$kernel
mkdir -p "$results" "$store" && results=$(cd "$results" && pwd -P) && store=$(cd "$store" && pwd -P) ||
  cannot "no folder for it"
log=$store/log work=$(mktemp -d) || cannot "no temporary folder"
trap 'rm -rf "$work"' EXIT

# -- the package: by an apt with lists of its own, which leaves the machine's alone --
lists=${store%/*}/lists
apt() { # apt SUITE TOOL ARGUMENTS...
  local at=$lists/$1 tool=$2
  shift 2
  "$tool" -q -o Dir::Etc::SourceList="$at/source.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$at/lists" \
    -o Dir::Cache="$at" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

# The suite and the name of the package, the newest of the first suite, from old to new, that has any.
look_for() {
  local uri suite package reached=$CANNOT
  # shellcheck disable=SC2016
  uri=$(apt-get indextargets --format '$(REPO_URI)' | grep -v -e security -e '^cdrom' | head -n 1)
  for suite in bullseye bookworm trixie forky sid; do
    mkdir -p "$lists/$suite/lists/partial" "$lists/$suite/archives/partial"
    echo "deb $uri $suite main" >"$lists/$suite/source.list"
    apt "$suite" apt-get update >>"$log" 2>&1 || continue
    reached=$NO_SUCH
    package=$(apt "$suite" apt-cache pkgnames "linux-image-$kernel." 2>>"$log" |
      grep -E "^linux-image-$kernel\.[0-9]+[-+][0-9a-z.]+-amd64\$" | sort -V | tail -n 1)
    [ -z "$package" ] || { echo "$suite $package"; return 0; }
  done
  return $reached
}

# Newer packages are three: image, modules, binary.
unpack() { # unpack SUITE PACKAGE
  local parts
  parts=$(apt "$1" apt-cache depends "$2" | sed -n 's/^ *Depends: *\(linux-\(modules\|binary\)-[^ ]*\)$/\1/p')
  # shellcheck disable=SC2086
  (cd "$work" && apt "$1" apt-get download "$2" $parts) >>"$log" 2>&1 || return 1
  for p in "$work"/*.deb; do dpkg-deb -x "$p" "$work/package" && rm "$p" || return 1; done
  [ -d "$work/package/lib" ] || ln -s usr/lib "$work/package/lib"
}

# In the order in which they can be loaded, and not compressed: busybox knows nothing else.
modules() { # modules ROOT RELEASE TO
  local n=100 m f
  depmod -b "$1" "$2" 2>>"$log" || return 1
  for m in virtio_pci 9pnet_virtio 9p overlay veth af_packet tcp_diag; do
    while read -r f; do
      [ -z "$(find "$3" -name "*-${f##*/}")" ] || continue
      cp "$f" "$3/$n-${f##*/}"
      n=$((n + 1))
    done < <(modprobe -d "$1" -S "$2" --show-depends "$m" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p')
  done
  find "$3" -name '*.xz' -exec xz -d {} + && find "$3" -name '*.zst' -exec zstd -q --rm -d {} +
}

first_process() {
  cat <<'END'
#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for m in /modules/*; do insmod "$m"; done
share() { mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,$3 "$1" "$2"; }
share host /host ro,cache=loose
mount -t tmpfs -o size=60% memory /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work all /all
cd /all
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs shm dev/shm
mount -t tmpfs run run
mkdir run/results
share results run/results rw
exec switch_root /all /bin/bash /run/results/command
END
}

fetch() {
  local suite package status release root=$work/package
  : >"$log"
  read -r suite package < <(look_for || echo $?)
  status=${suite:-$CANNOT}
  if [ -z "$package" ]; then
    [ "$status" != $NO_SUCH ] || { echo "$kernel is not in the archive (any more)" >&2; exit $NO_SUCH; }
    cannot "no package source of this machine's answers ($log)"
  fi
  unpack "$suite" "$package" || cannot "$package cannot be fetched ($log)"
  release=$(ls "$root/lib/modules")
  mkdir -p "$work/initrd"/{bin,proc,dev,host,memory,all,modules}
  modules "$root" "$release" "$work/initrd/modules" || cannot "its modules are not as expected ($log)"
  cp "$(command -v busybox)" "$work/initrd/bin/busybox"
  for p in sh mount mkdir insmod switch_root; do ln -s busybox "$work/initrd/bin/$p"; done
  first_process >"$work/initrd/init" && chmod +x "$work/initrd/init"
  (cd "$work/initrd" && find . | cpio -o -H newc --quiet) >"$store/initrd"
  find "$root" -name 'vmlinuz*' -type f -exec cp {} "$store/vmlinuz" \;
  echo "$release" >"$store/release" # the last: all is there
}
exec 9>"$store/lock"
flock 9
[ -e "$store/release" ] || fetch
flock -u 9

# -- the machine --
{
  echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb'
  printf 'export RESULTS=/run/results\nip link set lo up\ncd %q\n' "$(pwd -P)"
  printf '%q ' "$@"
  echo '</dev/null >$RESULTS/output 2>&1; echo $? >$RESULTS/status; sync; echo b >/proc/sysrq-trigger'
} >"$results/command"
rm -f "$results/status"
timeout "$LIMIT" qemu-system-x86_64 -M q35 -accel tcg -cpu max -m 1500M -smp 1 -display none -no-reboot -nic none \
  -kernel "$store/vmlinuz" -initrd "$store/initrd" -append 'console=ttyS0 quiet panic=-1' -serial "file:$results/console" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -virtfs "local,path=$results,mount_tag=results,security_model=none" </dev/null >"$results/emulator" 2>&1
[ -e "$results/status" ] || cannot "it did not finish within $LIMIT s ($results/console)"
exit "$(cat "$results/status")"
