#!/usr/bin/env bash
# aioice's close() while candidates are gathered leaves sockets open, or raises AttributeError later
#
# Software: aioice 0.13.0
# Guess:    close() ends the connection in each of its states ("Close the connection", says its documentation): no socket
#           is open afterwards, gather_candidates() ends without a candidate, and nothing runs any more.
# Seen:     Called right after gather_candidates() has begun, it returns before there is a socket: those that are made
#           afterwards stay open, and the closed connection has candidates. Called while a STUN server is asked, it
#           closes the sockets, but the request is sent again into the closed one, which raises in the event loop.
# Output:   close() at once: sockets left open: True, candidates: True, errors in the event loop: none
#           another close(): sockets left open: False
#           close() while STUN is asked: sockets left open: False, candidates: True, errors in the event loop: AttributeError
# Callbox:  cancels the gathering before it closes the connection.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import os
import socket
import sys

from aioice import Connection


def sockets():
    """How many sockets this process has open."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except OSError:
            pass
    return count


async def closed_after(wait_s):
    errors = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context.get("exception")))
    before = sockets()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:  # a STUN server that has no answer yet
        silent.bind(("127.0.0.1", 0))
        connection = Connection(ice_controlling=True, stun_server=silent.getsockname())
        gathering = asyncio.create_task(connection.gather_candidates())
        await asyncio.sleep(wait_s)
        await connection.close()
        await asyncio.gather(gathering, return_exceptions=True)
        await asyncio.sleep(1)
        names = " ".join(sorted({type(error).__name__ for error in errors})) or "none"
    return connection, sockets() > before, bool(connection.local_candidates), names, before


async def main():
    connection, *at_once, before = await closed_after(0)
    print("close() at once: sockets left open: {}, candidates: {}, errors in the event loop: {}".format(*at_once))
    await connection.close()
    await asyncio.sleep(0.2)
    again = sockets() > before
    print(f"another close(): sockets left open: {again}")
    _, *later, _ = await closed_after(0.3)
    print("close() while STUN is asked: sockets left open: {}, candidates: {}, errors in the event loop: {}".format(*later))
    if at_once != [True, True, "none"] or again or later != [False, True, "AttributeError"]:
        sys.exit("changed: open sockets were expected of the first one, AttributeError of the second one")


asyncio.run(main())
PY
