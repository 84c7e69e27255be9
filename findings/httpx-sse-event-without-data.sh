#!/usr/bin/env bash
# httpx-sse hands out an event that has no data
#
# Software: httpx-sse 0.4.3, httpx 0.28.1
# Guess:    An event of a name without data is dropped (WHATWG HTML, section 9.2.6: with an empty data buffer nothing
#           is dispatched), so servers send it to keep a connection open, and browsers stay silent.
# Seen:     It comes as an event with the data '', which json() of the event then can't parse: a program that is fine
#           for hours raises JSONDecodeError at the first quiet minute.
# Output:   'ping' '' 'JSONDecodeError'
#           'message' '{"text": "Good"}' {'text': 'Good'}
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check httpx-sse==0.4.3 httpx==0.28.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import json
import sys

from httpx_sse import EventSource
import httpx

body = b'event: ping\n\ndata: {"text": "Good"}\n\n'
response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=body)
seen = []
for event in EventSource(response).iter_sse():
    try:
        seen.append((event.event, event.data, event.json()))
    except json.JSONDecodeError:
        seen.append((event.event, event.data, "JSONDecodeError"))
    print(*map(repr, seen[-1]))
if seen != [("ping", "", "JSONDecodeError"), ("message", '{"text": "Good"}', {"text": "Good"})]:
    sys.exit("changed: an event of the name ping was expected")
PY
