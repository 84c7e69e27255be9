#!/usr/bin/env bash
# isawaArtnet's asynchronous controller says that it sent a poll, which Linux refused to broadcast
#
# Software: isawaartnet 1.0.0 (PyPI)
# Guess:    AsyncArtNetController.send_artpoll sends a poll to a broadcast address as ArtNetController's does, or raises
#           ArtNetError "if transmission fails", as its docstring says.
# Seen:     Its socket is made without SO_BROADCAST, so the system refuses the address. The error comes to a callback,
#           which prints it; "sent" is printed too, and nothing is raised.
# Output:   ArtNetController: polls received: 1
#           AsyncArtNetController: polls received: 0
#           raised: nothing
#           printed: Protocol error: [Errno 13] Permission denied
#           printed: ✓ Async Art-Poll sent to 127.255.255.255
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps isawaartnet==1.0.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import contextlib
import io
import socket
import sys

from isawaartnet import ArtNetController, ArtNetError, AsyncArtNetController

BROADCAST = "127.255.255.255"  # Of the loopback network, in place of one with lamps.
LIGHT = "127.0.0.1"
WAIT_S = 0.5
SEEN = (1, 0, "nothing", ["Protocol error: [Errno 13] Permission denied", f"✓ Async Art-Poll sent to {BROADCAST}"])

node = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
node.bind(("", 0))
node.settimeout(WAIT_S)
port = node.getsockname()[1]


def received():
    polls = 0
    with contextlib.suppress(TimeoutError):
        while True:
            node.recv(1024)
            polls += 1
    return polls


async def poll():
    async with AsyncArtNetController(LIGHT, port) as controller:
        controller.debug_mode = True
        await controller.send_artpoll(BROADCAST)
        controller.debug_mode = False


with ArtNetController(LIGHT, port) as controller:
    controller.send_artpoll(BROADCAST)
synchronous = received()
print(f"ArtNetController: polls received: {synchronous}")

raised = "nothing"
with contextlib.redirect_stdout(io.StringIO()) as printed:
    try:
        asyncio.run(poll())
    except ArtNetError as error:
        raised = str(error)
asynchronous = received()
lines = printed.getvalue().splitlines()
print(f"AsyncArtNetController: polls received: {asynchronous}")
print(f"raised: {raised}")
for line in lines:
    print(f"printed: {line}")
if (synchronous, asynchronous, raised, lines) != SEEN:
    sys.exit(f"changed: {(synchronous, asynchronous, raised, lines)}")
PY
