#!/usr/bin/env bash
# zahlwort2num, which reads German numbers, makes 0.1 of 22 in three words, and knows no sixth, no 108th and no -2.5
#
# Software: zahlwort2num 1.0.1 (PyPI)
# Guess:    It reads "German numerals (incl. ordinal numbers)", below zero, with a decimal point and as fractions:
#           "minus siebenhundert Millionen achtundsiebzig", "zwei komma fünf" and "drei viertel" are its own examples.
#           So it reads those below zero, too. "Zwei und zwanzig" is how some recognizers write zweiundzwanzig.
# Seen:     Two numbers with "und" between blanks are a division, except when one of them has more than one part.
#           "minus" stands before whole numbers only. The digits behind "komma" have to be one number, so 2.05 can't be
#           said. Sechste ends with "ste", which is cut off before "te", and "achte" is a text within each sum. A half
#           alone is 2, and a quarter 4. The scale has no quintilliarde, so each word above it is a thousandth.
# Output:   zwei und zwanzig: 0.1
#           fünfte: 5.; sechste: ValueError; siebte: 7.; erster: ValueError
#           achte: 8.; hundertachte: TypeError; hundertneunte: 109.
#           zwei komma fünf: 2.5; minus zwei komma fünf: ValueError; zwei komma null fünf: ValueError
#           ein viertel: 0.25; viertel: 4; halb: 2
#           eine Sextillion: 10**33, which is 10**36
# Callbox:  reads no numbers from words.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps zahlwort2num==1.0.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from zahlwort2num import convert

LINES = {
    "zwei und zwanzig": 0.1,
    "fünfte; sechste; siebte; erster": ["5.", "ValueError", "7.", "ValueError"],
    "achte; hundertachte; hundertneunte": ["8.", "TypeError", "109."],
    "zwei komma fünf; minus zwei komma fünf; zwei komma null fünf": [2.5, "ValueError", "ValueError"],
    "ein viertel; viertel; halb": [0.25, 4, 2],
}


def number(words):
    """What is read of the words, or the name of the exception."""
    try:
        return convert(words)
    except (TypeError, ValueError) as error:
        return type(error).__name__


changed = False
for words, expected in LINES.items():
    numbers = {part: number(part) for part in words.split("; ")}
    print("; ".join(f"{part}: {value}" for part, value in numbers.items()))
    changed |= list(numbers.values()) != (expected if isinstance(expected, list) else [expected])
sextillion = number("eine Sextillion")
print(f"eine Sextillion: 10**{len(str(sextillion)) - 1}, which is 10**36")
if changed or sextillion != 10**33:
    sys.exit("changed: 0.1 was expected, and what stands in the header")
PY
