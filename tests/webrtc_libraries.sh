#!/usr/bin/env bash
# Calls, and each private part that has changed, with other versions of aiortc, aioice, av and cryptography: lowest (of what
# pyproject.toml and aiortc allow) or pre (newest, pre-releases too). In an environment that is removed afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=(.venv/bin/uv)
names='aiortc|aioice|av|cryptography'
environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
"${uv[@]}" venv --quiet --no-config --clear --python .venv/bin/python "$environment"
install=("${uv[@]}" pip install --quiet --no-config --python "$environment" --only-binary :all: --no-binary callbox)
case ${1:-} in
lowest)
    # Of these alone: what the tests need stays new.
    grep -E "^    \"(aiortc|aioice)[<>=]" pyproject.toml | tr -d '", ' | sed 's/<\([0-9]\)/,<\1/' |
        "${uv[@]}" pip compile - --quiet --no-config --resolution lowest --only-binary :all: --no-header --no-annotate |
        grep -E "^($names)==" >"$environment/pins"
    "${install[@]}" --constraint "$environment/pins" --editable '.[unit]'
    ;;
pre) "${install[@]}" --prerelease allow aiortc aioice av cryptography --editable '.[unit]' ;;
*) echo "callbox: LIBRARIES is lowest or pre" >&2 && exit 64 ;;
esac
"${uv[@]}" pip freeze --quiet --no-config --python "$environment" | grep -E "^($names)=="
"$environment/bin/python" -m pytest -q -p no:cacheprovider -m "not pipecat" tests/integration/test_compat.py \
    tests/integration/test_small_webrtc.py tests/integration/test_turn.py
