#!/usr/bin/env bash
# The wheel in dist/ without extras, from wheels alone (no compiler), in each Python from 3.11 to 3.14 that is here: imports without a
# warning, and a call to the small bot by `callbox talk`. Then whether its libraries have wheels for the other systems.
#
# PYTHONS='3.13 3.14' wants these, and fails where one is missing. Without it one that is missing is named and left out.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
wheel=$(echo dist/callbox-*.whl)
work=$(mktemp -d)
trap 'kill "$bot" 2>/dev/null || true; rm -rf "$work"' EXIT

: >"$work/bot"
.venv/bin/python -m callbox.demo.bot --port 0 >>"$work/bot" &
bot=$!
for _ in {1..60}; do grep -q URL "$work/bot" && break || sleep 0.5; done
url=$(sed -n 's/^start URL: //p' "$work/bot")

# Prints the Python of version $1, also one of pyenv's or uv's that is not in the PATH.
find_python() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python "$("$uv" python find --no-config --no-python-downloads "$1" 2>/dev/null)"; do
        [ -n "$candidate" ] && "$candidate" -c '' 2>/dev/null && echo "$candidate" && return
    done
    return 1
}

tried=0
for version in ${PYTHONS:-3.11 3.12 3.13 3.14}; do
    if ! python=$(find_python "$version"); then
        [ -z "${PYTHONS:-}" ] || { echo "callbox: there is no Python $version here" >&2 && exit 1; }
        echo "Python $version: not here, not tried"
        continue
    fi
    environment=$work/$version
    "$uv" venv --quiet --no-config --python "$python" "$environment"
    "$uv" pip install --quiet --no-config --python "$environment" --only-binary :all: "$wheel"
    if found=$("$environment/bin/python" -c 'import importlib.util as u
print(*[name for name in ("gpiozero", "lgpio", "paho", "pydantic", "yaml", "numpy") if u.find_spec(name)])') && [ -n "$found" ]; then
        echo "Python $version: brings what it shouldn't: $found" >&2 && exit 1
    fi
    "$environment/bin/python" -W error -c 'import callbox.rtvi, callbox.cli.commands.talk'
    "$environment/bin/callbox" talk "$url" --wav firmware/callbox/assets/speech.wav --out "$work/answer.wav" >"$work/call" ||
        { cat "$work/call" >&2 && exit 1; }
    echo "Python $("$environment/bin/python" -c 'import platform; print(platform.python_version())'):" \
        "$(grep -o 'bot: I heard.*' "$work/call" | head -n 1) $(du -sm "$environment" | cut -f1) MiB"
    tried=$((tried + 1))
done
[ "$tried" -gt 0 ]

# Libraries for other systems, as far as their indexes tell: nothing is run there.
for platform in aarch64-manylinux_2_36 macos aarch64-apple-darwin windows; do
    for version in 3.11 3.14; do
        if "$uv" pip install --quiet --no-config --dry-run --target "$work/target" --python-platform "$platform" --python-version $version \
            --only-binary :all: "$wheel" 2>"$work/error"; then
            echo "$platform, Python $version: wheels of all libraries"
        else
            echo "$platform, Python $version: $(tail -n 3 "$work/error" | tr '\n' ' ')"
            [[ $platform != *linux* ]]
        fi
    done
done
