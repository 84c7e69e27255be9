#!/usr/bin/env bash
# Compiles what has no wheel for all, lgpio, for the Pythons of Bookworm and Trixie, and one architecture.
#
#   deploy/debian/native.sh ARCH SOURCES TREE
#
# ARCH: amd64, arm64; SOURCES: a folder with the source archive; TREE: where the modules go. Headers come from
# Debian's own packages, unpacked beside SOURCES and not installed: any Debian builds for any release and architecture.
set -euo pipefail
arch=$1 sources=$(realpath "$2") tree=$(realpath "$3")
pythons=(bookworm:3.11 trixie:3.13)
triplet=$(dpkg-architecture -a"$arch" -qDEB_HOST_MULTIARCH 2>/dev/null)
newest_glibc=2.36 # Bookworm's

# debian RELEASE PACKAGE...: unpacks packages of a release for $arch; prints where.
debian() {
    local release=$1 root="$sources/$1-$arch"
    shift
    if ! [ -e "$root/.complete" ]; then
        rm -rf "$root"
        mkdir -p "$root"/apt/{lists/partial,archives/partial} "$root"/packages
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $release main" \
            >"$root/apt/sources.list"
        : >"$root/apt/status"
        local apt=(apt-get -qq -o "APT::Architecture=$arch" -o "APT::Architectures::=$arch" -o "Dir::State=$root/apt"
            -o "Dir::State::status=$root/apt/status" -o "Dir::Cache=$root/apt" -o "APT::Sandbox::User="
            -o "Dir::Etc::sourcelist=$root/apt/sources.list" -o "Dir::Etc::sourceparts=/dev/null")
        "${apt[@]}" update >&2
        (cd "$root/packages" && "${apt[@]}" download "$@" >&2)
        local package
        for package in "$root"/packages/*.deb; do dpkg-deb --extract "$package" "$root"; done
        touch "$root/.complete"
    fi
    echo "$root"
}

export DEB_BUILD_MAINT_OPTIONS=hardening=+all
flags() { DEB_HOST_ARCH=$arch dpkg-buildflags --get "$1" 2>/dev/null; }
tar -xzf "$sources"/lgpio-*.tar.gz -C "$sources"
lgpio=$(echo "$sources"/lgpio-*/)
(cd "$lgpio" && swig -python -o lgpio_wrap.c lgpio.i)

for python in "${pythons[@]}"; do
    release=${python%:*} version=${python#*:}
    root=$(debian "$release" "libpython$version-dev")
    suffix="cpython-${version/./}-$triplet.so"
    # Headers of Python alone come from its release's root: /usr/include itself would bring another libc's.
    headers=("-I$root/usr/include/python$version" "-idirafter" "$root/usr/include")
    gcc=("$triplet-gcc" -s -shared -fPIC $(flags CPPFLAGS) $(flags CFLAGS) "${headers[@]}" $(flags LDFLAGS))
    "${gcc[@]}" -w -pthread -I"$lgpio/src" "$lgpio"/lgpio_wrap.c "$lgpio"/src/lg*.c "$lgpio/src/rgpiod.c" \
        -o "$tree/_lgpio.$suffix"
    module="$tree/_lgpio.$suffix"
    glibc=$("$triplet-objdump" -T "$module" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1)
    printf '%s\n%s\n' "${glibc#GLIBC_}" "$newest_glibc" | sort -VC ||
        { echo "callbox: $module needs $glibc: build where glibc is $newest_glibc or older" >&2 && exit 1; }
done
cp "$lgpio/lgpio.py" "$tree/"
