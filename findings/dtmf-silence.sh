#!/usr/bin/env bash
# dtmf's detector raises ZeroDivisionError at silence, and at the end of a recording of whole blocks
#
# Software: dtmf 1.1.0 (PyPI)
# Guess:    detect() tells None for a block without a tone: silence before, between and after the keys is what most of a
#           recording is, and the silence that generate() puts between tones is zeros.
# Seen:     Blocks of zeros raise ZeroDivisionError, since the tones' share of the energy is asked for. So does the end
#           of each recording whose length is a multiple of 205 samples: an empty block is looked at, too.
# Output:   a key: 1 1 None
#           a key, then silence: 1 1, then ZeroDivisionError
#           a key of two blocks: 1 1, then ZeroDivisionError
# Callbox:  hears no tones: keys are read from the keypad, and told to the bot by RTVI.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dtmf==1.1.0
"$tmp/venv/bin/python" - <<'PY'
import math
import sys

from dtmf import detect


def told(sound):
    """What is told of each block, and how it ends."""
    blocks = []
    try:
        for block in detect(sound, 8000):
            blocks.append(str(block.tone))
    except ZeroDivisionError:
        return " ".join(blocks) + ", then ZeroDivisionError"
    return " ".join(blocks)


key = [
    0.4 * (math.sin(2 * math.pi * 697 * n / 8000) + math.sin(2 * math.pi * 1209 * n / 8000)) for n in range(2 * 205)
]
seen = {
    "a key": told(key + [1e-6] * 100),
    "a key, then silence": told(key + [0.0] * 300),
    "a key of two blocks": told(key),
}
for name, result in seen.items():
    print(f"{name}: {result}")
if list(seen.values()) != ["1 1 None"] + ["1 1, then ZeroDivisionError"] * 2:
    sys.exit("changed: ZeroDivisionError was expected of silence and of whole blocks")
PY
