#!/usr/bin/env bash
# num2words says "zero point five" of half a degree below zero
#
# Software: num2words 0.5.14
# Guess:    -0.5 is "minus zero point five", as -1.5 is "minus one point five".
# Seen:     Between -1 and 0 the minus is gone, in each language that was tried. Frost of -0.5 is told as 0.5.
# Output:   -1.5: minus one point five, minus eins Komma fünf, moins un virgule cinq
#           -0.5: zero point five, null Komma fünf, zéro virgule cinq
#           0.5: zero point five, null Komma fünf, zéro virgule cinq
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check num2words==0.5.14
PYTHONUTF8=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from num2words import num2words

seen = {}
for number in (-1.5, -0.5, 0.5):
    seen[number] = [num2words(number, lang=language) for language in ("en", "de", "fr")]
    print(f"{number}: {', '.join(seen[number])}")
if seen[-0.5] != seen[0.5] or not seen[-1.5][0].startswith("minus one"):
    sys.exit("changed: the same words were expected of -0.5 and of 0.5")
PY
