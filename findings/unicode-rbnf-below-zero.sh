#!/usr/bin/env bash
# unicode-rbnf says "minus" for half a degree below zero
#
# Software: unicode-rbnf 2.4.1 (Home Assistant's numbers in words)
# Guess:    -0.5 is "minus zero point five": Unicode's rules spell the rest of a negative number behind "minus" (TR 35,
#           part 3, section 6, rule -x), and 0.5 is "zero point five".
# Seen:     Between -1 and 0 nothing follows: "minus". Of -1.5 the fraction is gone: "minus one". So a voice tells
#           frost of -0.9 without a number, and -1.9 as -1.
# Output:   0.5: zero point five, null Komma fünf
#           -0.5: minus, minus
#           1.5: one point five, eins Komma fünf
#           -1.5: minus one, minus eins
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check unicode-rbnf==2.4.1
PYTHONUTF8=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from unicode_rbnf import RbnfEngine

engines = [RbnfEngine.for_language(language) for language in ("en", "de")]
seen = {}
for number in (0.5, -0.5, 1.5, -1.5):
    seen[number] = [engine.format_number(number).text for engine in engines]
    print(f"{number}: {', '.join(seen[number])}")
if seen[0.5][0] != "zero point five" or seen[-0.5] != ["minus", "minus"] or seen[-1.5][0] != "minus one":
    sys.exit("changed: no number behind minus was expected of -0.5")
PY
