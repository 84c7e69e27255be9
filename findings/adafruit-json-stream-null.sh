#!/usr/bin/env bash
# Adafruit's JSON stream ends a list at its first null, and loses what the message tells behind it
#
# Software: adafruit-circuitpython-json-stream 0.9.5
# Guess:    A message that comes in parts is read as json.loads() reads it whole, as its documentation says of lists and
#           objects; null in a list is None, as it is in an object.
# Seen:     None is what its reader takes for the end of a list, so the list is over. What follows in the object around
#           it is read from the middle of the list: it isn't there, or a number of the list is a key.
# Output:   [1, null, 2]: [1]
#           {"levels": [1, null, 2], "volume": 70}: {'levels': [1]}
#           {"levels": [null, 1, 2], "volume": 70}: {'levels': [], 2: None, 'volume': 70}
#           {"volume": null, "bot": "kitchen"}: {'volume': None, 'bot': 'kitchen'}
# Callbox:  parses a message whole, with Python's json.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-json-stream==0.9.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import json
import sys

import adafruit_json_stream
from adafruit_json_stream import TransientList, TransientObject


def whole(value):
    """What has been read, with all that is in it."""
    if isinstance(value, TransientList):
        return [whole(item) for item in value]
    if isinstance(value, TransientObject):
        return {key: whole(item) for key, item in value.items()}
    return value


MESSAGES = (
    "[1, null, 2]",
    '{"levels": [1, null, 2], "volume": 70}',
    '{"levels": [null, 1, 2], "volume": 70}',
    '{"volume": null, "bot": "kitchen"}',
)
right = []
for message in MESSAGES:
    parts = (message.encode()[start : start + 8] for start in range(0, len(message), 8))
    seen = whole(adafruit_json_stream.load(parts))
    right.append(seen == json.loads(message))
    print(f"{message}: {seen}")
if right != [False, False, False, True]:
    sys.exit("changed: a list that ends at null was expected")
PY
