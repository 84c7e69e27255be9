#!/usr/bin/env bash
# aiortc uses only the first TURN server that it is given
#
# Software: aiortc 1.16.0, aioice 0.13.0, coturn 4.6.1-1 (Debian 12)
# Guess:    Of several TURN servers each one is asked for a relayed candidate (W3C, RTCConfiguration.iceServers; RFC
#           8445, section 5.1.1): UDP first and TCP behind it is how services hand them out, for networks that let no
#           UDP through.
# Seen:     With a dead first server and a live second one, gathering takes 5 s, and the offer has no relayed candidate;
#           with the live one alone it has one at once.
# Output:   live server alone: 1 relayed candidate, 0.0 s
#           dead server, then the live one: 0 relayed candidates, 5.0 s
# Callbox:  uses the first TURN server of a list that is usable, and says so (docs/settings.md, docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  coturn=4.6.1-1 libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 \
  libevent-pthreads-2.1-7 libhiredis0.14 libmariadb3 libpq5)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries "$tmp/root/usr/bin/turnserver" -n -L 127.0.0.1 -p "$port" --no-tls --no-dtls --no-cli -a \
  -u box:password -r example.org --userdb "$tmp/turn.db" --pidfile "$tmp/turn.pid" -l stdout > "$tmp/log" 2>&1 &
sleep 2
"$tmp/venv/bin/python" - "$port" <<'PY'
import asyncio
import sys
import time

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

LIVE = f"turn:127.0.0.1:{sys.argv[1]}?transport=tcp"
DEAD = "turn:127.0.0.1:9?transport=udp"


async def gathered(*urls):
    servers = [RTCIceServer(url, username="box", credential="password") for url in urls]
    pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
    pc.createDataChannel("chat")
    began_s = time.monotonic()
    await pc.setLocalDescription(await pc.createOffer())
    took_s = time.monotonic() - began_s
    relayed = pc.localDescription.sdp.count(" typ relay")
    await pc.close()
    return relayed, took_s


async def main():
    alone, second = await gathered(LIVE), await gathered(DEAD, LIVE)
    print(f"live server alone: {alone[0]} relayed candidate, {alone[1]:.1f} s")
    print(f"dead server, then the live one: {second[0]} relayed candidates, {second[1]:.1f} s")
    if alone[0] != 1 or second[0] != 0:
        sys.exit("changed: a relayed candidate was expected from a single server only")


asyncio.run(main())
PY
