#!/usr/bin/env bash
# `make deb`: builds dist/callbox_VERSION_ARCH.deb, for Bookworm and Trixie both. `deploy/bootstrap.sh deb` installs what
# this needs.
#
#   DEB_ARCH=arm64     for another architecture than this machine's: amd64, arm64
#   DEB_VERSION=1.2.3  another version than the commit's (firmware/callbox/version.py)
#   DEB_COMPRESS=none  quicker and larger (xz)
#   DEB_DIST=FOLDER    where it goes (dist, in the place of older ones)
set -euo pipefail
cd "$(dirname "$0")/../.."
here=deploy/debian
arch=${DEB_ARCH:-$(dpkg --print-architecture)}
version=${DEB_VERSION:-$(.venv/bin/python firmware/callbox/version.py)}
case $arch in
amd64) platform=x86_64 ;;
arm64) platform=aarch64 ;;
*) echo "callbox: DEB_ARCH=$arch: there are amd64 and arm64; 32-bit Raspberry Pi OS has no wheels of PyAV" >&2 && exit 64 ;;
esac
case $version in
*+unknown) echo "callbox: git names no commit of this folder, so there is no version to build; say DEB_VERSION=1.2.3" >&2 && exit 64 ;;
esac
uv=.venv/bin/uv
work=build/deb/$arch
dist=${DEB_DIST:-dist}
mkdir -p "$work" "$dist"
exec 9>"$work/lock" && flock 9 # two at once would build in one folder

# The bundled libraries. They change with their list alone, so they are kept.
made_of=$(cat $here/{wheels.txt,sources.txt,native.sh} | sha256sum | cut -c1-12)
libraries=$work/libraries-$made_of
if ! [ -d "$libraries" ]; then
    echo "callbox: fetching and compiling the libraries for $arch" >&2
    rm -rf "$work"/{libraries-*,sources,tree,3.*}
    mkdir -p "$work"/{sources,tree}
    for python in 3.11 3.13; do
        # Debian 12 has glibc 2.36, Debian 13 2.41.
        $uv pip install --quiet --no-config --no-deps --require-hashes --only-binary :all: --requirements $here/wheels.txt \
            --python-version $python --python-platform $platform-manylinux_2_35 --target "$work/$python"
        find "$work/$python" \( -name '*.pyi' -o -name '*.pxd' -o -name '*.h' -o -name '*.c' \) -delete
        rm -rf "$work/$python"/{bin,.lock,lib64}
        # Both Pythons share one folder; what is compiled has its Python in its name. The rest must be the same.
        (cd "$work/$python" && find . -type f ! -path '*.dist-info/*') | while read -r file; do
            if [ -e "$work/tree/$file" ] && ! cmp -s "$work/$python/$file" "$work/tree/$file"; then
                echo "callbox: $file differs between Python 3.11 and $python; they can't share a folder" >&2 && exit 1
            fi
        done
        cp -a "$work/$python/." "$work/tree/"
    done
    .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --no-binary :all: \
        --dest "$work/sources" --requirement $here/sources.txt
    $here/native.sh "$arch" "$work/sources" "$work/tree"
    mv "$work/tree" "$libraries"
    rm -rf "$work"/3.*
fi

# The package. debhelper wants its folder at the top.
stage=$work/package
rm -rf "$stage"
mkdir -p "$stage"/{lib,debian}
cp -a "$libraries/." "$stage/lib/"
cp -a firmware/callbox device/callbox_device "$stage/lib/"
cp -r config/boards "$stage/lib/callbox/config/presets/boards"
echo "$version" >"$stage/lib/callbox/VERSION"
find "$stage/lib" -name __pycache__ -prune -exec rm -r {} +
cp -a $here/package/. "$stage/debian/"
cp deploy/systemd/callbox.service "$stage/debian/"
cp deploy/systemd/callbox-import.service "$stage/debian/callbox.callbox-import.service"
cp deploy/systemd/callbox-upgrade.service "$stage/debian/callbox.callbox-upgrade.service"
python3 $here/gate.py "$stage/debian/gate"
cp deploy/udev/60-callbox.rules "$stage/debian/callbox.udev"
cp -r config README.md SECURITY.md CHANGELOG.md LICENSE "$stage/"
mkdir "$stage/docs" && cp -r docs/*.md docs/*.svg docs/boards "$stage/docs/"
cat >"$stage/debian/changelog" <<EOF
callbox ($version) stable; urgency=medium

  * Version $version.

 -- The Callbox project <callbox@localhost>  $(date -R -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}")
EOF
(cd "$stage" && DEB_COMPRESS=${DEB_COMPRESS:-xz} dpkg-buildpackage --build=binary --no-sign --no-check-builddeps \
    --host-arch "$arch" --host-type "$(dpkg-architecture -a"$arch" -qDEB_HOST_GNU_TYPE 2>/dev/null)" >../log 2>&1) ||
    { tail -n 20 "$work/log" >&2 && exit 1; }
[ -n "${DEB_DIST:-}" ] || rm -f "$dist"/callbox_*_"$arch.deb"
mv "$work/callbox_${version}_$arch.deb" "$dist/"
echo "$dist/callbox_${version}_$arch.deb"
