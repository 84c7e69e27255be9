#!/usr/bin/env bash
# digitmap refuses a digit map with a capital X, a small t, or a star within brackets
#
# Software: digitmap 1.0.0 (PyPI)
# Guess:    A digit map is case insensitive, and brackets hold any DTMF symbols (RFC 3435, section 2.1.5, which the
#           package's documentation names): "1XX" is "1xx", "9x.t" waits for the timer, "[*#]xx" is a star or hash code.
# Seen:     X and t are unexpected characters, as is a symbol within brackets that isn't a digit. A is taken in both
#           cases, but a small one matches no key, which is "A" for whoever dials it.
# Output:   1xx with 123: matches, 1XX with 123: UnexpectedCharacters
#           9x.T with 912T: matches, 9x.t with 912T: UnexpectedCharacters
#           *xx with *69: matches, [*#]xx with *69: UnexpectedCharacters
#           A1 with A1: matches, a1 with A1: no match
# Callbox:  each key and number has a setting of its own, `dial_digit` (docs/gestures.md); no digit maps.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check digitmap==1.0.0 lark==0.11.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from digitmap import match
from lark.exceptions import UnexpectedCharacters


def result(digit_map, dialled):
    try:
        found = match(digit_map, dialled)
    except UnexpectedCharacters:
        return "UnexpectedCharacters"
    return "matches" if found and found.full_matches else "no match"


pairs = [("1xx", "1XX", "123"), ("9x.T", "9x.t", "912T"), ("*xx", "[*#]xx", "*69"), ("A1", "a1", "A1")]
seen = [(result(known, dialled), result(other, dialled)) for known, other, dialled in pairs]
for (known, other, dialled), (first, second) in zip(pairs, seen):
    print(f"{known} with {dialled}: {first}, {other} with {dialled}: {second}")
if seen != [("matches", "UnexpectedCharacters")] * 3 + [("matches", "no match")]:
    sys.exit("changed: only the first map of each line was expected to match")
PY
