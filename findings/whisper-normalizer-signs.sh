#!/usr/bin/env bash
# whisper-normalizer makes -5 of "minus five", and 5 of "-5"
#
# Software: whisper-normalizer 0.1.15 (PyPI)
# Guess:    It is there so that word error rates count what was misheard, and not how it is written: "minus five degrees" and
#           "-5 degrees" become the same, as "ten percent" and "10%", "two dollars" and "$2" do.
# Seen:     A sign that is written is removed with the other symbols before words become signs. A transcript with another
#           way to write it has a word error for each temperature below zero, and one that lost the sign has none. So
#           with fractions: "half" stays a word, "1/2" becomes "one 2".
# Output:   minus five degrees: -5 degrees; -5 degrees: 5 degrees
#           plus five: +5; +5: 5
#           half a cup: half a cup; 1/2 a cup: one 2 a cup
#           ten percent: 10%; 10%: 10%
# Callbox:  compares sound, and no transcripts.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check whisper-normalizer==0.1.15
cat > "$tmp/signs.py" <<'PY'
import sys

from whisper_normalizer.english import EnglishTextNormalizer

EXPECTED = {
    ("minus five degrees", "-5 degrees"): ("-5 degrees", "5 degrees"),
    ("plus five", "+5"): ("+5", "5"),
    ("half a cup", "1/2 a cup"): ("half a cup", "one 2 a cup"),
    ("ten percent", "10%"): ("10%", "10%"),
}
normalize = EnglishTextNormalizer()
changed = False
for (said, written), expected in EXPECTED.items():
    seen = normalize(said), normalize(written)
    print(f"{said}: {seen[0]}; {written}: {seen[1]}")
    changed |= seen != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/signs.py"
