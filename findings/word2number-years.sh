#!/usr/bin/env bash
# word2number makes 1524 of "nineteen eighty four", 37 of "seven thirty", and 5 of a telephone number
#
# Software: word2number 1.1 (PyPI), Python 3.11
# Guess:    It converts number words to numbers, and raises ValueError for what is no number or has a redundant one, as
#           "million million" (its README): "nineteen eighty four" is 1984 or an error; "minus five" is -5.
# Seen:     Numbers side by side are added, but a ten in front of a ten is multiplied with it: 19 * 80 + 4, and 20 * 20
#           + 6 of "twenty twenty six". Of seven digits only the first one is left. A minus is ignored.
# Output:   nineteen eighty four: 1524
#           twenty twenty six: 406
#           seven thirty: 37
#           five five five one two one two: 5
#           minus five: 5
#           one hundred and five: 105
# Callbox:  neither says nor reads numbers: the bot does, and tools take JSON (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check word2number==1.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from word2number import w2n

seen = []
for words in (
    "nineteen eighty four",
    "twenty twenty six",
    "seven thirty",
    "five five five one two one two",
    "minus five",
    "one hundred and five",
):
    seen.append(w2n.word_to_num(words))
    print(f"{words}: {seen[-1]}")
if seen != [1524, 406, 37, 5, 5, 105]:
    sys.exit("changed: products and sums were expected")
PY
