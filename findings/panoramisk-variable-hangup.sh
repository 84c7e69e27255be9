#!/usr/bin/env bash
# panoramisk takes a channel variable with the value "hangup" for the end of the call
#
# Software: panoramisk 1.4 (PyPI)
# Guess:    A FastAGI application gets the value of a variable from send_command("GET VARIABLE ACTION"): Asterisk answers
#           "200 result=1 (value)". A call that ended is told by a line HANGUP, or by result=-1.
# Seen:     The value "hangup" gives {'error': 'AGIResultHangup'}, "User hungup during execution", and no value. A dialplan that
#           tells the application by a variable to hang up can't be told from a caller who did.
# Output:   transfer: ('1', 'transfer')
#           Hangup: ('1', 'Hangup')
#           hangup: AGIResultHangup
# Callbox:  speaks no AGI.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check panoramisk==1.4
cat > "$tmp/agi.py" <<'PY'
import asyncio
import sys

from panoramisk import fast_agi

EXPECTED = {"transfer": "('1', 'transfer')", "Hangup": "('1', 'Hangup')", "hangup": "AGIResultHangup"}


async def value_of(variable, port):
    """What the application is told when Asterisk, which is played here, has `variable`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"agi_network: yes\nagi_network_script: action\n\n")
    assert await reader.readline() == b"GET VARIABLE ACTION\n"
    writer.write(f"200 result=1 ({variable})\n".encode())
    found = await told.get()
    writer.close()
    return found.get("error") or str(found["result"])


async def application(request):
    told.put_nowait(await request.send_command("GET VARIABLE ACTION"))


async def main():
    agi = fast_agi.Application()
    agi.add_route("action", application)
    server = await asyncio.start_server(agi.handler, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    seen = {}
    for variable in EXPECTED:
        seen[variable] = await value_of(variable, port)
        print(f"{variable}: {seen[variable]}")
    server.close()
    if seen != EXPECTED:
        sys.exit("changed: the lines of the header were expected")


told = asyncio.Queue()
asyncio.run(asyncio.wait_for(main(), 60))
PY
"$tmp/venv/bin/python" "$tmp/agi.py"
