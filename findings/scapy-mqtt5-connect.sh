#!/usr/bin/env bash
# scapy names MQTT 5 and reads its CONNECT as if it were MQTT 3.1.1
#
# Software: scapy 2.8.0 (scapy.contrib.mqtt)
# Guess:    scapy's table of protocol levels has v5.0, so it reads the CONNECT of MQTT 5 with its properties (section
#           3.1.2.11), and the client identifier behind them.
# Seen:     The length and the first property are taken for the length of the client identifier, which then begins with
#           the rest of the properties. With no properties at all the identifier is empty and its octets are lost in
#           front of it.
# Output:   3.1.1: level v3.1.1, client identifier b'box'
#           5, no properties: level v5.0, client identifier b''
#           5, session expiry of 10 s: level v5.0, client identifier b'\x00\x00\x00\n\x00\x03box'
# Callbox:  looks into MQTT with Mosquitto's own log.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check scapy==2.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from scapy.contrib.mqtt import MQTT

seen = []
for name, level, properties in (
    ("3.1.1", b"\4", b""),
    ("5, no properties", b"\5", b"\0"),
    ("5, session expiry of 10 s", b"\5", b"\5\x11\0\0\0\x0a"),
):
    body = b"\0\4MQTT" + level + b"\2\0\x3c" + properties + b"\0\3box"
    packet = MQTT(b"\x10" + bytes([len(body)]) + body)
    seen.append(packet.clientId)
    print(f"{name}: level {packet.sprintf('%MQTTConnect.protolevel%')}, client identifier {packet.clientId!r}")
if seen[0] != b"box" or b"box" in seen[1:]:
    sys.exit("changed: a wrong client identifier was expected with MQTT 5")
PY
