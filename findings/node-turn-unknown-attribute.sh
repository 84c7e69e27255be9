#!/usr/bin/env bash
# node-turn doesn't answer a request with an attribute that it doesn't know, and allocates twice for one client
#
# Software: node-turn 0.0.6 (npm), Node.js 20
# Guess:    Attributes from 0x8000 on that it doesn't know are ignored, others answered with 420 and their types (RFC 5389,
#           section 15 and 7.3.1, which its documentation names as supported). A second Allocate of a client that has
#           an allocation is refused with 437 (RFC 5766, section 6.2), as it would lose the first one otherwise.
# Seen:     Neither kind gets an answer, nor does an Allocate with EVEN-PORT: the client asks for half a minute and then
#           takes the server for absent. The second Allocate succeeds, with another port.
# Output:   Binding with SOFTWARE: success
#           Binding with 0xC057, which may be ignored: no answer
#           Binding with 0x7FFF, which must be known: no answer
#           Allocate: success
#           Allocate again: success, the same port: False
#           Allocate with EVEN-PORT: no answer
# Callbox:  asks for one allocation to a connection, without EVEN-PORT; it is aioice that asks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-turn@0.0.6 > "$tmp/npm.log"
cd "$tmp"
cat > server.cjs <<'JS'
const Turn = require('node-turn')

const address = '127.0.0.1'
new Turn({
  authMech: 'long-term',
  credentials: { user: 'secret' },
  realm: 'example.com',
  listeningPort: Number(process.argv[2]),
  listeningIps: [address],
  relayIps: [address],
  debugLevel: 'OFF'
}).start()
JS
python3 - <<'PY'
import hashlib
import hmac
import os
import socket
import struct
import subprocess
import sys
import time

COOKIE = 0x2112A442
BINDING, ALLOCATE = 0x0001, 0x0003
USERNAME, REALM, NONCE, RELAYED, SOFTWARE = 0x0006, 0x0014, 0x0015, 0x0016, 0x8022
UDP, EVEN_PORT = (0x0019, b"\x11\0\0\0"), (0x0018, b"\x80")
KEY = hashlib.md5(b"user:example.com:secret").digest()


def message(kind, attributes, key=None):
    head, body = os.urandom(12), b""
    for attribute, value in attributes:
        body += struct.pack("!HH", attribute, len(value)) + value + bytes(-len(value) % 4)
    if key:
        start = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + head
        body += struct.pack("!HH", 0x0008, 20) + hmac.new(key, start + body, hashlib.sha1).digest()
    return struct.pack("!HHI", kind, len(body), COOKIE) + head + body


class Client:
    def __init__(self, server):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(2)
        self.server = server

    def ask(self, kind, attributes, key=None):
        """What is answered, and the attributes of the answer."""
        self.socket.sendto(message(kind, attributes, key), self.server)
        try:
            answer = self.socket.recv(65535)
        except TimeoutError:
            return "no answer", {}
        found, at = {}, 20
        while at < len(answer):
            attribute, length = struct.unpack_from("!HH", answer, at)
            found[attribute] = answer[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
        return "refused" if struct.unpack_from("!H", answer)[0] & 0x0110 == 0x0110 else "success", found

    def allocate(self, *extra):
        _, challenge = self.ask(ALLOCATE, [UDP])
        own = [(USERNAME, b"user"), (REALM, challenge[REALM]), (NONCE, challenge[NONCE])]
        return self.ask(ALLOCATE, [UDP, *extra, *own], KEY)


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    server = free.getsockname()
process = subprocess.Popen(["node", "--no-deprecation", "server.cjs", str(server[1])], stderr=subprocess.DEVNULL)
seen = []
try:
    for _ in range(50):  # it takes a moment to start
        try:
            if Client(server).ask(BINDING, [])[0] == "success":
                break
        except ConnectionRefusedError:
            pass
        time.sleep(0.2)
    for name, attribute in {
        "SOFTWARE": (SOFTWARE, b"box"),
        "0xC057, which may be ignored": (0xC057, b"\0\x0a\0\1"),
        "0x7FFF, which must be known": (0x7FFF, b"\0\0\0\0"),
    }.items():
        seen.append(Client(server).ask(BINDING, [attribute])[0])
        print(f"Binding with {name}: {seen[-1]}")
    client = Client(server)
    text, first = client.allocate()
    seen.append(text)
    print(f"Allocate: {text}")
    text, second = client.allocate()
    seen.append(text)
    same = first.get(RELAYED) == second.get(RELAYED)
    print(f"Allocate again: {text}, the same port: {same}")
    seen.append(Client(server).allocate(EVEN_PORT)[0])
    print(f"Allocate with EVEN-PORT: {seen[-1]}")
finally:
    process.kill()
    process.wait(30)
if seen != ["success", "no answer", "no answer", "success", "success", "no answer"] or same:
    sys.exit("changed: no answer was expected of three requests, and two allocations")
PY
