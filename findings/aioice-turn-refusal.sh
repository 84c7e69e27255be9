#!/usr/bin/env bash
# aioice drops the reason why a TURN server refuses
#
# Software: aioice 0.13.0, coturn 4.6.1-1 (Debian 12)
# Guess:    With a wrong password gather_candidates() raises TransactionFailed with the server's 401, or at least logs
#           it: create_turn_endpoint() alone raises it.
# Seen:     It returns as if nothing were wrong. There is no relayed candidate and, at no level of its log, the server's
#           answer as the reason: a wrong password, an overloaded server and none at all look the same.
# Output:   right password: a relayed candidate: True
#           wrong password: a relayed candidate: False; raised: nothing; logged about the refusal: []
#           create_turn_endpoint() alone raises TransactionFailed: (401, 'Unauthorized')
# Callbox:  makes an allocation of its own when there is no relayed candidate, and tells its error
#           (callbox/transports/aiortc_patches/turn_check.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  coturn=4.6.1-1 libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 \
  libevent-pthreads-2.1-7 libhiredis0.14 libmariadb3 libpq5)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/bin/turnserver" -n -L 127.0.0.1 -p "$port" \
  --no-tls --no-dtls --no-cli -a -u box:password -r example.org --userdb "$tmp/db" --pidfile "$tmp/pid" \
  -l stdout > "$tmp/log" 2>&1 &
sleep 2
"$tmp/venv/bin/python" - "$port" <<'PY'
import asyncio
import logging
import sys

import aioice
from aioice import stun, turn

SERVER = ("127.0.0.1", int(sys.argv[1]))
records = []
handler = logging.Handler()
handler.emit = lambda record: records.append(record)


async def gather(password):
    """Types of the candidates, and what is logged above DEBUG."""
    records.clear()
    connection = aioice.Connection(
        ice_controlling=True, turn_server=SERVER, turn_username="box", turn_password=password
    )
    await connection.gather_candidates()
    types = {candidate.type for candidate in connection.local_candidates}
    await connection.close()
    return "relay" in types, [record.getMessage() for record in records if record.levelno > logging.DEBUG]


async def main():
    right, _ = await gather("password")
    wrong, logged = await gather("guessed")
    try:
        await turn.create_turn_endpoint(asyncio.DatagramProtocol, SERVER, username="box", password="guessed")
        alone = None
    except stun.TransactionFailed as error:
        alone = error.response.attributes["ERROR-CODE"]
    reasons = [line for line in logged if "401" in line or "nauthorized" in line]
    print("right password: a relayed candidate:", right)
    print(f"wrong password: a relayed candidate: {wrong}; raised: nothing; logged about the refusal: {reasons}")
    print("create_turn_endpoint() alone raises TransactionFailed:", alone)
    if not right or wrong or reasons or alone is None or alone[0] != 401:
        sys.exit("changed: a silent refusal was expected")


logging.getLogger("aioice").addHandler(handler)
logging.getLogger("aioice").setLevel(logging.DEBUG)
asyncio.run(main())
PY
