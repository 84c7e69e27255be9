#!/usr/bin/env bash
# numerizer takes "eighty four" apart where another number is before it
#
# Software: numerizer 0.2.4 (PyPI)
# Guess:    Its README makes 42 of "forty two" and 150 of "one fifty". A year, or a time of the day, that is said in two numbers
#           becomes two numbers, or one: 19 84 or 1984.
# Seen:     The tens and the ones of the second number become numbers of their own. Three such tens make hundreds out of the
#           ones between them: "forty two fifty three" has a 200 in it. After a single digit it is right.
# Output:   eighty four -> 84
#           nineteen eighty four -> 19 80 4
#           twenty twenty six -> 20 20 6
#           forty two fifty three -> 40 200 53
#           six forty five -> 645
# Callbox:  reads no numbers out of speech; the bot does.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check numerizer==0.2.4
cat > "$tmp/years.py" <<'PY'
import sys

from numerizer import numerize

EXPECTED = {
    "eighty four": "84",
    "nineteen eighty four": "19 80 4",
    "twenty twenty six": "20 20 6",
    "forty two fifty three": "40 200 53",
    "six forty five": "645",
}
changed = False
for said, expected in EXPECTED.items():
    seen = numerize(said)
    print(f"{said} -> {seen}")
    changed |= seen != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/years.py"
