#!/usr/bin/env bash
# Installs what a command of the Makefile needs; run again, it does nothing.
#
#   deploy/bootstrap.sh demo       what `make demo` needs
#   deploy/bootstrap.sh test       what `make test` needs: Mosquitto, alsa-lib
#   deploy/bootstrap.sh test-all   what `make test-all` needs beyond that: Chromium, Prometheus, PulseAudio, PipeWire, espeak-ng, valgrind, Pipecat
#   deploy/bootstrap.sh pipewire   what `make test-pipewire` needs in the bare Debian: `make test`'s packages and PipeWire
#   deploy/bootstrap.sh room PATH  what `make test-room ROOM=PATH` needs of that
#   deploy/bootstrap.sh lowest     what `make test-lowest` needs: `make test`'s packages in the lowest versions that are allowed
#   deploy/bootstrap.sh vpi        what `make vpi` needs: a compiler and what a Linux kernel is built with, lgpio
#   deploy/bootstrap.sh deb        what `make deb` needs: debhelper, swig, a compiler for $DEB_ARCH
#   deploy/bootstrap.sh arm64      what `make test-arm64` needs: an emulator
#   deploy/bootstrap.sh bare       what `make test-bare` needs: mmdebstrap
#   deploy/bootstrap.sh apt        what `make apt-repo` needs: apt-ftparchive, GnuPG
#   deploy/bootstrap.sh brokers    what `make test-brokers` and `make test-cluster` need: mmdebstrap, Node.js
#   deploy/bootstrap.sh lock       what `make lock` needs: uv
#   deploy/bootstrap.sh site       what `make site` needs: MkDocs
#   deploy/bootstrap.sh dev        what `make check` and `make fmt` need
#   deploy/bootstrap.sh pipecat    a real Pipecat server, in an environment of its own
#   deploy/bootstrap.sh homeassistant  Home Assistant, in an environment of its own; needs Python 3.13
#   deploy/bootstrap.sh bench      what `make bench` needs: espeak-ng, valgrind, libsrtp, GStreamer, and conformance's
#   deploy/bootstrap.sh screenshot  what `make screenshot` needs: Chromium, and what the tests need
#   deploy/bootstrap.sh conformance  what `make conformance` needs: Chromium, Node.js, the official client
#
# System packages come by apt, only those that are missing, and it says which. Python packages go into .venv
# (.venv-lowest, .venv-pipecat, .venv-homeassistant) in this folder, Prometheus into .prometheus, PipeWire's plugin into .pipewire, nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "callbox: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# Reads what apt or pip prints, keeps it in the file $1, and says of it how far they are.
progress() {
    local line found=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        case $line in
        'Need to get '*' of archives.') say "  downloading $(sed -E 's/^Need to get (.*) of .*/\1/' <<<"$line")" ;;
        'Collecting '*) found=$((found + 1)) && { [ $((found % 20)) -ne 0 ] || say "  $found packages found"; } ;;
        'Building wheels for '*) say "  building ${line#*: }" ;;
        'Installing collected packages: '*) say "  installing $(tr -cd , <<<"$line," | wc -c) packages" ;;
        'WARNING: Retrying '*) say "  no answer, trying again" ;;
        esac
    done
}

# Prints the errors in the log $1 of apt or pip: why it had no connection, else what it calls errors, else its last lines.
errors() {
    sed -nE "s/.*after connection broken by '(.*)': .*/no connection to the package index: \1/p" "$1" | sort -u | tail -n 1 | grep . ||
        grep -E '^(E:|W: Failed to fetch|ERROR:)' "$1" | sort -u || tail -n 15 "$1"
}

# Sets `root` to what a command is run as root with. Fails if this user may not install the packages "$@".
need_root() {
    root=()
    [ "$(id -u)" -ne 0 ] || return 0
    local instead="As root, run: apt-get install --no-install-recommends $*"
    instead+=$'\n'"callbox: Then run this command again; it needs no other rights."
    command -v sudo >/dev/null || fail "$(id -un) may not install packages, and there is no sudo. $instead"
    sudo true || fail "sudo doesn't let $(id -un) install packages. $instead"
    root=(sudo)
}

# Installs the packages that are missing among "$@".
apt_get() {
    local missing=() package root log
    command -v dpkg-query >/dev/null || fail "this system has no apt; install the equivalents of: $*"
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing with apt: ${missing[*]}"
    need_root "${missing[@]}"
    log=$(mktemp)
    if ! "${root[@]}" apt-get update -qq >"$log" 2>&1 ||
        ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -y -q --no-install-recommends "${missing[@]}" \
            2>&1 </dev/null | progress "$log"; then
        errors "$log" >&2
        fail "apt could not install ${missing[*]}. The lines above are its errors; all it said is in $log"
    fi
    rm -f "$log"
}

# Unpacks Debian's package $1 into the folder $2, if its file $3 (usr/bin/$1) is neither there nor in the system: installed,
# it would start a service of its own, or remove another package.
unpack() {
    local file=${3:-usr/bin/$1}
    if command -v "$1" || compgen -G "/$file" || compgen -G "$2/$file"; then return; fi >/dev/null
    local root log folder
    command -v dpkg-deb >/dev/null || fail "this system has no apt; install the equivalent of: $1"
    folder=$(mktemp -d)
    log="$folder/log"
    say "unpacking Debian's $1 into $2"
    if ! (cd "$folder" && apt-get download -qq "$1") >"$log" 2>&1; then
        need_root "$1"
        (cd "$folder" && "${root[@]}" apt-get update -qq && apt-get download -qq "$1") >"$log" 2>&1 ||
            { errors "$log" >&2 && fail "apt could not download $1. The lines above are its errors"; }
    fi
    dpkg-deb -x "$folder/$1"_*.deb "$2"
    rm -rf "$folder"
}

# True if $1 is a Python >= 3.11 that can make environments and, for $2 = headers, build extensions.
suits() {
    "$1" - "${2:-}" <<'PY' 2>/dev/null
import sys, sysconfig, pathlib, venv, ensurepip
headers = pathlib.Path(sysconfig.get_path("include"), "Python.h").is_file()
sys.exit(not (sys.version_info >= (3, 11) and (headers or not sys.argv[1])))
PY
}

# Prints a Python that suits, if there is one.
suitable_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        command -v "$candidate" >/dev/null && suits "$candidate" "${1:-}" && echo "$candidate" && return
    done
    return 1
}

# Prints the packages that bring a Python that suits, or nothing if there is one.
python_packages() { suitable_python "${1:-}" >/dev/null || echo python3 python3-venv ${1:+python3-dev}; }

# Prints a Python that suits; installs Debian's when there is none.
find_python() {
    suitable_python "${1:-}" && return
    # shellcheck disable=SC2046 # several packages
    apt_get $(python_packages "${1:-}")
    suitable_python "${1:-}" ||
        fail "Python 3.11 or newer is needed; $(python3 --version 2>&1 || echo 'there is none') is here." \
            "Debian 12, Raspberry Pi OS Bookworm and later have it."
}

# Prints a Python 3.13, also one of pyenv's or uv's that is not in the PATH. Debian 13 has it.
find_python_313() {
    local candidate
    for candidate in python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python3.13 \
        "$(command -v uv >/dev/null && uv python find --no-python-downloads 3.13 2>/dev/null)"; do
        "$candidate" -c 'import venv, ensurepip' 2>/dev/null && echo "$candidate" && return
    done
    fail "Home Assistant needs Python 3.13, and there is none (Debian 13: apt-get install python3 python3-venv)"
}

# install ENVIRONMENT NAME FILES headers|'' WHAT...: pip-installs WHAT once, and again when one of FILES changes.
install() {
    local environment=$1 name=$2 files headers=$4 python stamp log
    read -ra files <<<"$3"
    shift 4
    stamp="$environment/.callbox-$name"
    [ -x "$environment/bin/python" ] && cat "${files[@]}" | cmp -s - "$stamp" && "$environment/bin/python" -c '' 2>/dev/null && return
    if ! [ -x "$environment/bin/python" ] || ! "$environment/bin/python" -m pip --version >/dev/null 2>&1 ||
        { [ -n "$headers" ] && ! suits "$environment/bin/python" headers; }; then
        python=$("${FIND_PYTHON:-find_python}" "$headers")
        say "making $environment with $("$python" --version)"
        "$python" -m venv --clear "$environment"
    fi
    say "installing Python packages into $environment ($name)"
    log=$(mktemp)
    if ! "$environment/bin/python" -m pip install --disable-pip-version-check --progress-bar off --retries 5 "$@" \
        2>&1 </dev/null | progress "$log"; then
        errors "$log" >&2
        fail "pip could not install what ${files[0]} asks for. The lines above are its errors; all it said is in $log"
    fi
    rm -f "$log"
    cat "${files[@]}" >"$stamp"
}

# The versions of what .venv has; `make lock` makes it.
lock=deploy/constraints.txt

# install_project NAME headers|'' EXTRAS: installs this project with EXTRAS into .venv, editable, in the versions of the
# lock. For what it builds with, pip reads the lock from the variables: the first until 25.2, the second since 25.3.
install_project() {
    # `pip install .` leaves a copy in .venv, which knows nothing of later changes here.
    ! compgen -G '.venv/lib/python3*/site-packages/callbox/__init__.py' >/dev/null || rm -f ".venv/.callbox-$1"
    PIP_CONSTRAINT=$lock PIP_BUILD_CONSTRAINT=$lock install .venv "$1" "pyproject.toml $lock" "$2" -e ".[$3]"
}

# Prints the package of alsa-lib, which has another name since Debian 13 and Ubuntu 24.04. Their C library tells, also before
# `apt-get update`.
alsa_lib() {
    local libc
    libc=$(dpkg-query -W -f '${Version}\n' libc6 2>/dev/null | head -n 1 || true)
    if dpkg --compare-versions "${libc:-0}" ge 2.39 2>/dev/null; then echo libasound2t64; else echo libasound2; fi
}

# Installs what pyalsaaudio and pesq, which have no wheel, are built with, a Python too, and the packages "$@".
build_tools() {
    # shellcheck disable=SC2046 # several packages
    apt_get gcc libc6-dev libasound2-dev $(python_packages headers) "$@"
}

case ${1:-} in
demo)
    # Sound only where there is a card: the demo writes a WAV file elsewhere.
    if grep -q '^ *[0-9]' /proc/asound/cards 2>/dev/null; then
        # shellcheck disable=SC2046 # several packages
        apt_get $(alsa_lib) $(python_packages)
        install_project demo-alsa '' demo,alsa,echo
    else
        install_project demo '' demo
    fi
    ;;
test)
    # shellcheck disable=SC2046 # several packages
    apt_get mosquitto $(alsa_lib) $(python_packages)
    install_project test '' test
    ;;
pipewire)
    "$0" test
    apt_get pipewire wireplumber
    unpack pipewire-alsa .pipewire 'usr/lib/*/alsa-lib/libasound_module_pcm_pipewire.so' # conflicts with pulseaudio
    ;;
room)
    # What the tests in $2 reach: alsa-lib and Mosquitto come from apt, all else is wheels.
    needs=$(grep -rhoE --include='*.py' 'mosquitto|alsa|asound' "${2%%::*}" | sort -u || true)
    case $needs in *mosquitto*) apt_get mosquitto ;; esac
    case $needs in
    *alsa* | *asound*) apt_get "$(alsa_lib)" && install_project test '' test ;;
    *) [ -e .venv/.callbox-test ] || install_project unit '' unit ;;
    esac
    ;;
test-all)
    build_tools mosquitto pulseaudio libasound2-plugins iproute2 valgrind chromium espeak-ng apt-utils dpkg-dev gnupg
    "$0" pipewire
    unpack prometheus .prometheus
    unpack promtool .prometheus # part of Debian 12's prometheus, a package of its own in Debian 13
    install_project test-all headers test-all
    "$0" pipecat
    ;;
lowest)
    "$0" test
    "$0" lock
    cmp -s pyproject.toml .venv-lowest/.callbox-lowest && exit
    say "installing Python packages into .venv-lowest (lowest)"
    # Wheels alone: lower versions than the lowest with one for this Python are not supported.
    .venv/bin/uv venv --quiet --clear --no-config --python .venv/bin/python .venv-lowest
    .venv/bin/uv pip install --quiet --no-config --python .venv-lowest --resolution lowest-direct \
        --only-binary :all: --no-binary callbox --editable '.[test]' ||
        fail "uv could not install the lowest versions that pyproject.toml allows"
    cp pyproject.toml .venv-lowest/.callbox-lowest
    ;;
vpi)
    build_tools make flex bison bc xz-utils kmod dosfstools e2fsprogs iproute2 udev mosquitto openssl
    install_project vpi headers vpi
    if ! .venv/bin/python -c 'import lgpio' 2>/dev/null; then # no wheel from Python 3.13 on: Debian's, into .venv
        apt_get python3-lgpio
        ln -sf /usr/lib/python3/dist-packages/{lgpio.py,_lgpio.*.so} \
            "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')"
        .venv/bin/python -c 'import lgpio' || fail "lgpio is there for Debian's Python only, and .venv is another one"
    fi
    ;;
deb)
    case ${DEB_ARCH:-$(dpkg --print-architecture)} in
    "$(dpkg --print-architecture)") apt_get gcc libc6-dev ;;
    arm64) apt_get gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
    amd64) apt_get gcc-x86-64-linux-gnu libc6-dev-amd64-cross ;;
    esac
    apt_get debhelper dpkg-dev swig xz-utils debian-archive-keyring
    install_project deb '' deb
    ;;
lock)
    install_project deb '' deb
    ;;
arm64)
    apt_get mmdebstrap qemu-user-static debian-archive-keyring
    ;;
bare)
    apt_get mmdebstrap debian-archive-keyring
    ;;
apt)
    apt_get apt-utils dpkg-dev gnupg
    ;;
brokers)
    "$0" test
    apt_get mmdebstrap debian-archive-keyring
    command -v npm >/dev/null || apt_get nodejs npm
    ;;
site)
    install_project docs '' docs
    ;;
dev)
    build_tools
    install_project dev headers dev
    ;;
pipecat)
    install .venv-pipecat pipecat tests/bots/requirements.txt '' -r tests/bots/requirements.txt
    ;;
homeassistant)
    "$0" test
    FIND_PYTHON=find_python_313 install .venv-homeassistant homeassistant tests/system/interop/homeassistant/requirements.txt '' \
        -r tests/system/interop/homeassistant/requirements.txt
    ;;
conformance)
    apt_get chromium
    command -v npm >/dev/null || apt_get nodejs npm
    (cd tests/system/interop/javascript && cmp -s package-lock.json node_modules/.callbox-lock ||
        { say "installing the official JavaScript client with npm" && npm ci --no-audit --no-fund --loglevel=error &&
            cp package-lock.json node_modules/.callbox-lock; }) || fail "npm could not install what tests/system/interop/javascript asks for"
    ;;
screenshot)
    "$0" test-all
    ;;
bench)
    build_tools iproute2 espeak-ng valgrind libsrtp2-dev python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice \
        gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
    "$0" conformance
    install_project bench headers bench
    ;;
*)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
