#!/usr/bin/env bash
# Mosquitto doesn't tell a client that another one has taken its place
#
# Software: mosquitto 2.0.11-1.2+deb12u2 (Debian 12), MQTT 5
# Guess:    When a second client connects with the identifier of a first one, the server sends the first one DISCONNECT
#           with the reason 0x8E, session taken over, and closes its connection (MQTT 5, section 3.1.4, 3).
# Seen:     The connection is closed without a word, with and without Clean Start: two boxes with one name, as a copied
#           card makes them, see no more than a bad network, and the broker's log has the reason.
# Output:   clean start: the first client gets nothing, and the end of the connection
#           session kept: the first client gets nothing, and the end of the connection
# Callbox:  finds the other box's info, which is retained, on its own topic, and warns of it (callbox/mqtt).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root mosquitto=2.0.11-1.2+deb12u2 \
  libmosquitto1=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
python3 - "$port" <<'PY'
import socket
import sys
import time

CONNECT = b"\x00\x04MQTT\x05%b\x00\x3c%b\x00\x03box"  # flags and properties are put in; keep alive of 60 s


def connected(flags, properties):
    body = CONNECT % (flags, properties)
    for _ in range(100):
        try:
            wire = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    wire.sendall(b"\x10" + bytes([len(body)]) + body)
    assert wire.recv(256)[0] == 0x20
    return wire


seen = []
for name, flags, properties in (
    ("clean start", b"\x02", b"\x00"),
    ("session kept", b"\x00", b"\x05\x11\x00\x00\x00\x64"),  # Session Expiry Interval of 100 s
):
    first, second = connected(flags, properties), connected(flags, properties)
    got = b""
    while data := first.recv(256):
        got += data
    seen.append(got)
    print(f"{name}: the first client gets {got.hex(' ') or 'nothing'}, and the end of the connection")
    second.close()
    time.sleep(0.5)
if seen != [b"", b""]:
    sys.exit("changed: no DISCONNECT was expected")
PY
