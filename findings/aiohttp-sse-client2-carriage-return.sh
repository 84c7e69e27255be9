#!/usr/bin/env bash
# aiohttp-sse-client2 ends no line at a carriage return
#
# Software: aiohttp-sse-client2 0.3.0 (aiohttp 3.14.5)
# Guess:    Lines of server-sent events end with CR LF, with LF or with CR alone (WHATWG HTML, section 9.2.5).
# Seen:     With CR alone all events up to the next LF are one, the field names in the middle of the text.
# Output:   LF: ['one', 'two', 'three']
#           CR LF: ['one', 'two', 'three']
#           CR: ['one\r\rdata: two\r\rdata: three']
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiohttp-sse-client2==0.3.0 aiohttp==3.14.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import http.server
import sys
import threading

from aiohttp_sse_client2 import client



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


seen = {}
for name, end in (("LF", b"\n"), ("CR LF", b"\r\n"), ("CR", b"\r")):
    Answer.body = end.join((b"data: one", b"", b"data: two", b"", b"")) + b"data: three\n\n"
    seen[name] = asyncio.run(by_aiohttp(1 if name == "CR" else 3))
    print(f"{name}: {seen[name]}")
three = ["one", "two", "three"]
if seen != {"LF": three, "CR LF": three, "CR": ["one\r\rdata: two\r\rdata: three"]}:
    sys.exit("changed: one event of everything was expected with CR")
PY
