#!/usr/bin/env bash
# hassil, Home Assistant's sentence matcher, hears -4.9 in "minus four degrees" and 5 in ".5", and 5.9 where 5 is the end
#
# Software: hassil 3.13.0, unicode-rbnf 2.4.1
# Guess:    A range takes the numbers between its "from" and "to", which is "inclusive" (its README), as digits and as words.
#           With fractions: tenths it takes 4.9 as well as 4, and "minus four" is -4.
# Seen:     Below zero the words of a fraction are those of its whole part, so of -4.9, -4.8 … -4, which are all written as
#           "minus four", the first is meant, and "minus four point seven" is none. Fractions are added to the end too. "minus 4",
#           as a speech recognition writes it, is no number, and a point in front of digits is dropped.
# Output:   outside minus four degrees: -4.9
#           outside minus four point seven degrees: None
#           outside -4.7 degrees: -4.7
#           outside minus 4 degrees: None
#           outside 5.9 degrees: 5.9
#           outside .5 degrees: 5.0
# Callbox:  takes and reports numbers by MQTT (docs/mqtt.md); sentences are the part of Home Assistant.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check hassil==3.13.0 unicode-rbnf==2.4.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from hassil import Intents, recognize

intents = Intents.from_dict(
    {
        "language": "en",
        "intents": {"Weather": {"data": [{"sentences": ["outside {number} degrees"]}]}},
        "lists": {"number": {"range": {"from": -5, "to": 5, "fractions": "tenths"}}},
    }
)
expected = {
    "minus four": -4.9,
    "minus four point seven": None,
    "-4.7": -4.7,
    "minus 4": None,
    "5.9": 5.9,
    ".5": 5,
}
seen = {}
for number in expected:
    result = recognize(f"outside {number} degrees", intents)
    seen[number] = result and result.entities["number"].value
    print(f"outside {number} degrees: {seen[number]}")
if seen != expected:
    sys.exit("changed: -4.9, 5.9 and 5 were expected")
PY
