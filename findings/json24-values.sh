#!/usr/bin/env bash
# json24, which reads the unfinished JSON of a model, makes null of true, and flattens objects
#
# Software: json24 0.1.0
# Guess:    parse_partial_json() of a document that is complete is the document, as by Python's json.
# Seen:     It looks for pairs of a name and a text or a number anywhere. true and null are None, a negative number is a
#           text, an escape stays as it is or ends the text, what is in objects and lists comes to the top, where the
#           last value of a name stays.
# Output:   {"lamp": true, "text": null}: {'lamp': None, 'text': None}
#           {"volume_db": -6}: {'volume_db': '-6'}
#           {"text": "Say \"hi\" now"}: {'text': 'Say \\'}
#           {"timer": {"room": {"name": "bath"}}}: {'timer': None, 'room': None, 'name': 'bath'}
#           [{"seconds": 60}, {"seconds": 90}]: {'seconds': 90}
# Callbox:  its messages are whole: a tool's arguments come as one JSON object (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check json24==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import json
import sys

from json24 import parse_partial_json

DOCUMENTS = (
    '{"lamp": true, "text": null}',
    '{"volume_db": -6}',
    '{"text": "Say \\"hi\\" now"}',
    '{"timer": {"room": {"name": "bath"}}}',
    '[{"seconds": 60}, {"seconds": 90}]',
)
same = 0
for document in DOCUMENTS:
    read = parse_partial_json(document)
    same += read == json.loads(document)
    print(f"{document}: {read}")
if same:
    sys.exit("changed: no document was expected to be read as it is")
PY
