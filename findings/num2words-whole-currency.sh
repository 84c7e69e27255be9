#!/usr/bin/env bash
# num2words says "five cents" of 5 euros
#
# Software: num2words 0.5.14
# Guess:    The number is an amount of the currency that is named, as the documentation says of the options for
#           currencies: 5 and 5.0 are five euros.
# Seen:     A whole number counts as cents, one with a point as euros. A price from JSON, where 5 is an int and 5.5 a
#           float, is a hundredth when it happens to be whole.
# Output:   5: zero euro, five cents; null Euro und fünf Cent
#           5.0: five euro, zero cents; fünf Euro und null Cent
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
for amount in (5, 5.0):
    seen[amount, type(amount)] = [num2words(amount, lang=language, to="currency") for language in ("en", "de")]
    print(f"{amount}: {'; '.join(seen[amount, type(amount)])}")
if seen[5, int][0] != "zero euro, five cents" or seen[5.0, float][0] != "five euro, zero cents":
    sys.exit("changed: cents were expected of 5, and euros of 5.0")
PY
