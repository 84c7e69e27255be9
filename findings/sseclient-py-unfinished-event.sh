#!/usr/bin/env bash
# sseclient-py hands out an event that the connection's end has cut off
#
# Software: sseclient-py 1.9.0
# Guess:    An event counts once its empty line has come; what is pending when the stream ends is discarded (WHATWG
#           HTML, section 9.2.6). After a lost connection the server sends it again, whole.
# Seen:     What had come of it is handed out as a whole event: half of a JSON message, or half a sentence that is
#           heard twice.
# Output:   {"text": "Good"}
#           {"text":
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sseclient-py==1.9.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import sseclient

body = b'data: {"text": "Good"}\n\ndata: {"text":'
seen = [event.data for event in sseclient.SSEClient([body]).events()]
print(*seen, sep="\n")
if seen != ['{"text": "Good"}', '{"text":']:
    sys.exit("changed: the beginning of the second event was expected")
PY
