#!/usr/bin/env bash
# `make test-arm64`: the arm64 package on Debian's own arm64 Pythons of Bookworm and Trixie, emulated.
#
# What it proves: apt finds every dependency of the package in Debian's arm64 archive; with those files alone each
# compiled module loads; the program checks settings; a wake word is detected; a call over loopback with a bot of this
# machine is answered.
# What it doesn't: that maintainer scripts run there (tests/system/package does them on amd64; they are the same files), nor
# anything of a Pi's hardware. The emulator takes the host's kernel.
set -euo pipefail
cd "$(dirname "$0")/../../.."
package=$(ls -t dist/callbox_*_arm64.deb | head -1)
work=build/arm64 # some 400 MB
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$work"

port=7871
.venv/bin/python -m callbox.demo.bot --port $port &
trap 'kill $!' EXIT
url=http://127.0.0.1:$port/start
.venv/bin/python -c 'import sys
from tests.rig.espeak import say
from callbox_device.wav import create_wav
with create_wav(sys.argv[1]) as file:
    file.writeframes(say("okay nabu")[0])' "$work/name.wav"

for release in bookworm trixie; do
    root=$work/$release
    made_of=$(sha256sum "$package" | cut -c1-12)
    if [ "$(cat "$root/made-of" 2>/dev/null)" != "$made_of" ]; then
        rm -rf "$root"
        # "extract": no program of the foreign architecture runs. apt resolves what the package depends on, for arm64.
        mmdebstrap --quiet --mode=root --variant=extract --architectures=arm64 --keyring="$keyring" \
            --include="base-files,ca-certificates,$PWD/$package" \
            --setup-hook="install -D $PWD/$package \"\$1$PWD/$package\"" \
            --format=directory --skip=cleanup/tmp "$release" "$root" http://deb.debian.org/debian
        echo "$made_of" >"$root/made-of"
    fi
    # numpy's libblas is an alternative, which a maintainer script links.
    blas=/usr/lib/aarch64-linux-gnu/blas:/usr/lib/aarch64-linux-gnu/lapack
    python=("$(command -v qemu-aarch64-static)" -L "$root" -E "LD_LIBRARY_PATH=$blas" "$root/usr/bin/python3" -I)
    # As /usr/bin/callbox does it, with the emulated root in front of the paths.
    export CALLBOX_ROOT=$PWD/$root
    echo "== $release: $("${python[@]}" -c 'import platform; print(platform.machine(), platform.python_version(), *platform.libc_ver())')"
    "${python[@]}" tests/system/package/arm64_probe.py modules
    "${python[@]}" tests/system/package/arm64_probe.py check
    "${python[@]}" tests/system/package/arm64_probe.py wake "$work/name.wav"
    "${python[@]}" tests/system/package/arm64_probe.py call "$url"
done
echo "callbox: $package: proven on emulated arm64"
