#!/usr/bin/env bash
# Three Python clients of server-sent events lose the first event behind a byte order mark
#
# Software: httpx-sse 0.4.3 (httpx 0.28.1), sseclient-py 1.9.0, aiohttp-sse-client2 0.3.0 (aiohttp 3.14.5)
# Guess:    A stream of server-sent events may begin with a byte order mark, which is stripped (WHATWG HTML, section
#           9.2.6, decoding of UTF-8): the first event arrives as each other.
# Seen:     The mark becomes a part of the first field's name, which then is an unknown one: the first event is dropped
#           without an error. Of a bot's answer that is the first word.
# Output:   httpx-sse: ['morning']
#           sseclient-py: ['morning']
#           aiohttp-sse-client2: ['morning']
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check httpx-sse==0.4.3 httpx==0.28.1 sseclient-py==1.9.0 \
  aiohttp-sse-client2==0.3.0 aiohttp==3.14.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import http.server
import sys
import threading

import httpx
import sseclient
from aiohttp_sse_client2 import client
from httpx_sse import connect_sse



class Answer(http.server.BaseHTTPRequestHandler):
    """The same events for each request."""

    body = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


async def by_aiohttp(count):
    """The first `count` events of aiohttp-sse-client2."""
    events = []
    async with client.EventSource(url) as source, asyncio.timeout(10):
        async for event in source:
            events.append(event.data)
            if len(events) == count:
                return events


Answer.body = "\ufeffdata: Good\n\ndata: morning\n\n".encode()
with httpx.Client() as http_client, connect_sse(http_client, "GET", url) as source:
    seen = {"httpx-sse": [event.data for event in source.iter_sse()]}
seen["sseclient-py"] = [event.data for event in sseclient.SSEClient([Answer.body]).events()]
seen["aiohttp-sse-client2"] = asyncio.run(by_aiohttp(1))
for name, events in seen.items():
    print(f"{name}: {events}")
if any(events != ["morning"] for events in seen.values()):
    sys.exit("changed: the second event alone was expected")
PY
