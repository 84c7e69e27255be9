#!/usr/bin/env bash
# Runs a command in a clone of HEAD on a bare Debian, as a new user would: what the command needs and doesn't install is missed.
#
#   tests/bare_root.sh SUITE [--user] COMMAND [ARGUMENT...]
#
# SUITE is Debian's name of a release: bookworm, trixie, forky. The root holds Debian's essential packages, apt, git, make and
# ca-certificates. The command runs as root, with --user as a user who may use sudo without a password. Its exit status is
# the script's. Uncommitted changes are not tried.
#
# Needs root and mmdebstrap (deploy/bootstrap.sh bare). The root as built is kept as a tar archive (250 MB) in
# $BARE_ROOT_CACHE (default: callbox/bare-root in the user's cache folder), and built anew when the release or this script's
# list of packages changes. Each run unpacks it, and removes what it unpacked. The filesystem there must allow devices and
# set-user-ID (nodev and nosuid aren't set).
#
# Process IDs, mounts, /dev, /tmp and the environment are the root's own; the network is the host's, with what the host needs to
# reach Debian and PyPI: resolver, hosts file, apt's proxy and date checks, /etc/pip.conf, locally trusted certificates and proxy variables.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    sed -n '4p' "$0" >&2
    exit 64
}
[ $# -ge 2 ] || usage
suite=$1 user=root home=/root packages=git,make,ca-certificates
shift
if [ "$1" = --user ]; then
    user=person home=/home/person packages+=,sudo
    shift
fi
[ $# -ge 1 ] || usage
[ "$(id -u)" -eq 0 ] || { echo "callbox: a root is made and entered by root only: sudo $0" >&2 && exit 1; }

cache=${BARE_ROOT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callbox/bare-root}
mkdir -p "$cache"
work=$(mktemp -d "$cache/run.XXXXXX")
# The processes in the root end before it is removed, also when this script is ended: killed, unshare takes them with it.
leave() {
    if [ -e "$work/pid" ]; then kill -KILL "$(<"$work/pid")" 2>/dev/null || true; fi
    for _ in {1..10}; do rm -rf --one-file-system "$work" 2>/dev/null && break || sleep 1; done # while the kernel ends them
}
trap leave EXIT
root=$work/root

# What of the host's apt says how to reach Debian.
apt-config dump --no-empty | grep -E '^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b' >"$work/apt.conf" || true

# The release file lists the checksums of all that the release has.
/usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root download-file "http://deb.debian.org/debian/dists/$suite/InRelease" "$work/InRelease" >&2
key=$({ cat "$work/InRelease" && echo "$packages"; } | sha256sum | cut -c1-16)
archive=$cache/$suite-$user-$key.tar
if ! [ -e "$archive" ]; then
    echo "callbox: building a bare $suite, once: $packages" >&2
    mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" --aptopt="$work/apt.conf" "$suite" "$work/built.tar"
    rm -f "$cache/$suite-$user"-*.tar
    mv "$work/built.tar" "$archive"
fi

mkdir "$root"
tar --extract --file="$archive" --directory="$root" --numeric-owner
cp "$work/apt.conf" "$root/etc/apt/apt.conf.d/99host"
cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/"; fi
if [ "$user" != root ]; then
    chroot "$root" useradd --create-home --shell /bin/bash "$user"
    echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
fi
certificate_variables=()
certificates=(/usr/local/share/ca-certificates/*.crt)
if [ -e "${certificates[0]}" ]; then
    certificate_variables=(UV_SYSTEM_CERTS=true) # uv has a list of its own otherwise
    cp "${certificates[@]}" "$root/usr/local/share/ca-certificates/"
    chroot "$root" update-ca-certificates >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
fi
git clone --quiet --no-hardlinks . "$root$home/callbox"
chroot "$root" chown -R "$user:" "$home/callbox"

environment=(HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/bash LANG=C.UTF-8 TERM="${TERM:-dumb}" "${certificate_variables[@]}"
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
for name in {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY; do
    if [ -n "${!name:-}" ]; then environment+=("$name=${!name}"); fi
done

# Bash stays as process 1 and waits for processes whose parent ended. When it ends, the kernel ends all others and unmounts.
# The root becomes the namespace's own (pivot_root): in a chroot the kernel allows no user namespaces.
inside='
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t devpts -o newinstance,ptmxmode=0666,gid=5,mode=620 devpts dev/pts
    ln -sf pts/ptmx dev/ptmx
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    mount -t tmpfs -o mode=1777 tmpfs tmp
    mount -t tmpfs -o mode=755 tmpfs run
    pivot_root . .
    umount --lazy .
    chroot --userspec="$2" / "${@:3}"
    exit'
status=0
# shellcheck disable=SC2016 # the inner shell expands it
bash -c 'echo $$ >"$0" && exec unshare "$@"' "$work/pid" --mount --pid --fork --kill-child --uts --ipc bash -ec "$inside" bash \
    "$root" "$user:$user" env -i "${environment[@]}" bash -c 'cd ~/callbox && exec "$@"' bash "$@" || status=$?
rm "$work/pid"
exit $status
