#!/usr/bin/env bash
# words2number makes 4.6 of "four point one five", 4.5 of "four point zero five", and 34 of "quatre vingt dix"
#
# Software: words2number 1.0.1 (PyPI)
# Guess:    It converts numbers in English, French and Spanish, "up to several billion", and "handles decimal values
#           with words like point, virgule or punto": the digits behind that word are said one by one. In French a
#           hyphen between the words is optional where others stand blanks, and recognizers write none.
# Seen:     The digits behind the point are added: one and five are six, and zero and five are five. What stands behind
#           them, million, is lost. "Minus" is passed over. "Quatre-vingt" is one word, so four, twenty and ten are
#           added without its hyphens, and so are the two halves of a year.
# Output:   four point five: 4.5; four point one five: 4.6; four point zero five: 4.5
#           deux virgule zéro cinq: 2.5; cuatro punto cero cinco: 4.5
#           two point five million: 2.5; minus five: 5; nineteen eighty four: 103
#           quatre-vingt-dix: 90; quatre vingt dix: 34
# Callbox:  reads no numbers from words.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps words2number==1.0.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from words2number import convert

LINES = [
    {"four point five": 4.5, "four point one five": 4.6, "four point zero five": 4.5},
    {"deux virgule zéro cinq": 2.5, "cuatro punto cero cinco": 4.5},
    {"two point five million": 2.5, "minus five": 5, "nineteen eighty four": 103},
    {"quatre-vingt-dix": 90, "quatre vingt dix": 34},
]
changed = False
for line in LINES:
    numbers = {words: convert(words) for words in line}
    print("; ".join(f"{words}: {number}" for words, number in numbers.items()))
    changed |= numbers != line
if changed:
    sys.exit("changed: 4.6, 4.5, 34 and the others of the header were expected")
PY
