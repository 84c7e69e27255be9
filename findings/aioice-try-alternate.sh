#!/usr/bin/env bash
# aioice doesn't follow a TURN server that names another one
#
# Software: aioice 0.13.0, coturn 4.6.1-1 (Debian 12) with --alternate-server
# Guess:    A server that answers 300 (Try Alternate) names another in ALTERNATE-SERVER, and the client goes there (RFC
#           8489, section 10): that is how coturn shares its load.
# Seen:     The allocation fails with error 300; aioice's message doesn't even keep the other server's address.
# Output:   the other server: allocated
#           the server that names it: {'ERROR-CODE': (300, 'Try Alternate\x00\x00\x00'), 'SOFTWARE': "Coturn-4.6.1
#             'Gorst'"}
# Callbox:  nothing yet; behind such a server a call has no relayed candidate.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  coturn=4.6.1-1 libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 \
  libevent-pthreads-2.1-7 libhiredis0.14 libmariadb3 libpq5)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
read -r front back < <(python3 -c 'import socket
sockets = [socket.socket() for _ in range(2)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
turnserver() {
  LD_LIBRARY_PATH=$libraries "$tmp/root/usr/bin/turnserver" -n -L 127.0.0.1 -p "$1" --no-tls --no-dtls --no-cli -a \
    -u box:password -r example.org --userdb "$tmp/$1.db" --pidfile "$tmp/$1.pid" \
    -l stdout "${@:2}" > "$tmp/$1.log" 2>&1 &
}
turnserver "$back"
turnserver "$front" --alternate-server="127.0.0.1:$back"
sleep 2
"$tmp/venv/bin/python" - "$front" "$back" <<'PY'
import asyncio
import sys

from aioice import stun, turn


async def allocate(port):
    try:
        transport, _ = await turn.create_turn_endpoint(
            asyncio.DatagramProtocol, server_addr=("127.0.0.1", port), username="box", password="password"
        )
    except stun.TransactionFailed as error:
        return error.response.attributes
    transport.close()
    return None


async def main():
    front, back = [await allocate(int(port)) for port in sys.argv[1:]]
    print("the other server:", "allocated" if back is None else back)
    print("the server that names it:", front)
    if back is not None or front is None or front["ERROR-CODE"][0] != 300 or "ALTERNATE-SERVER" in front:
        sys.exit("changed: error 300 was expected of one server, and an allocation of the other")


asyncio.run(main())
PY
