#!/usr/bin/env bash
# hassil, Home Assistant's sentence matcher, doesn't understand hundert
#
# Software: hassil 3.13.0, unicode-rbnf 2.4.1
# Guess:    A list of numbers from 0 to 100 is recognised as digits and as words of the language: of German
#           neunundneunzig and hundert, as a speech recogniser writes what is said.
# Seen:     Its words come from Unicode's spelling rules, which have einhundert only. The
#           sentence isn't recognised at all.
# Output:   100: 100.0
#           neunundneunzig: 99
#           einhundert: 100
#           hundert: None
# Callbox:  reports and takes numbers; sentences are Home Assistant's part.
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
        "language": "de",
        "intents": {"SetVolume": {"data": [{"sentences": ["stelle die Lautstärke auf {volume}"]}]}},
        "lists": {"volume": {"range": {"from": 0, "to": 100}}},
    }
)
seen = {}
for number in ("100", "neunundneunzig", "einhundert", "hundert"):
    result = recognize(f"stelle die Lautstärke auf {number}", intents, language="de")
    seen[number] = result and result.entities["volume"].value
    print(f"{number}: {seen[number]}")
if seen["100"] != 100 or seen["neunundneunzig"] != 99 or seen["hundert"] is not None:
    sys.exit("changed: everything but hundert was expected to be recognised")
PY
