#!/usr/bin/env bash
# After asyncio.run() has ended once, aioice can't resolve an mDNS candidate in the same thread any more
#
# Software: aioice 0.13.0
# Guess:    Each asyncio.run() makes an event loop of its own, and a library that is used in two of them after each other
#           works in both, as aioice's connections do.
# Seen:     In the second event loop the first of two names is looked up, and the other call raises RuntimeError: the lock
#           of the mDNS client is made once, and belongs to the first event loop.
# Output:   first event loop: ['NoneType', 'NoneType']; second: ['NoneType', 'RuntimeError']
# Callbox:  resolves such names with a socket of its own for each event loop.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

import aioice

NAME = "6f1c1b0e-2f6b-4a57-9d0a-8c5c3f0f9b{}.local"


async def resolve():
    """Two names at once, as of an answer with two candidates; what came of it."""
    connections = [aioice.Connection(ice_controlling=True) for _ in range(2)]
    candidates = [aioice.Candidate("1", 1, "udp", 1, NAME.format(number), 50000, "host") for number in (11, 12)]
    found = await asyncio.gather(
        *(one.add_remote_candidate(candidate) for one, candidate in zip(connections, candidates)), return_exceptions=True
    )
    for connection in connections:
        await connection.close()
    return [type(one).__name__ for one in found]


first, second = asyncio.run(resolve()), asyncio.run(resolve())
print(f"first event loop: {first}; second: {second}")
if first != ["NoneType", "NoneType"] or "RuntimeError" not in second:
    sys.exit("changed: RuntimeError was expected in the second event loop only")
PY
