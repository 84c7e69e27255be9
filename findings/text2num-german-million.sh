#!/usr/bin/env bash
# text2num doesn't know "eine Million", which is how German says it
#
# Software: text2num 3.1.0 (PyPI)
# Guess:    German is one of its languages. "Million" and "Milliarde" are feminine: one of them is "eine Million" (Duden).
# Seen:     text2num() refuses it, and alpha2digit() leaves the article before the number, as "eine 1200000". It takes
#           "ein Million", which nobody says, and French "un million", English "one million" as they are said.
# Output:   de: eine Million -> eine 1000000; ValueError
#           de: eine Million zweihunderttausend -> eine 1200000; ValueError
#           de: ein Million -> 1000000; 1000000
#           fr: un million deux cent mille -> 1200000; 1200000
# Callbox:  reads no numbers out of speech; the bot does.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check text2num==3.1.0
cat > "$tmp/numbers.py" <<'PY'
import sys

from text_to_num import alpha2digit, text2num

EXPECTED = {
    ("de", "eine Million"): "eine 1000000; ValueError",
    ("de", "eine Million zweihunderttausend"): "eine 1200000; ValueError",
    ("de", "ein Million"): "1000000; 1000000",
    ("fr", "un million deux cent mille"): "1200000; 1200000",
}
changed = False
for (language, said), line in EXPECTED.items():
    try:
        number = str(text2num(said, language))
    except ValueError:
        number = "ValueError"
    seen = f"{alpha2digit(said, language)}; {number}"
    print(f"{language}: {said} -> {seen}")
    changed |= seen != line
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/numbers.py"
