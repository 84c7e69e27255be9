#!/usr/bin/env bash
# mqttd delivers messages of QoS 1 and 2 without a packet identifier
#
# Software: mqttd 0.5.3
# Guess:    A broker that grants QoS 2 delivers a message of QoS 1 with a packet identifier of two octets (MQTT 5 and
#           3.1.1, section 2.2.1 and 3.3.2.2), and with QoS 0 where the subscription has QoS 0 (section 3.8.4).
# Seen:     The PUBLISH has the QoS of the publisher, whatever was granted, and no identifier. A client that reads it as
#           the standard says takes the first octets of the payload (with MQTT 5: the length of the properties) for one.
# Output:   MQTT 3.1.1, published with QoS 1, granted 2: 32 09, 00 05 62 6f 78 2f 73, 6f 6e
#           MQTT 3.1.1, published with QoS 1, granted 0: 32 09, 00 05 62 6f 78 2f 73, 6f 6e
#           MQTT 5, published with QoS 2, granted 2: 34 0a, 00 05 62 6f 78 2f 73, 00 6f 6e
# Callbox:  names the brokers that it is tried with, and what they lack (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mqttd==0.5.3
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$tmp/venv/bin/python" -c "
from mqttd import MQTTApp
MQTTApp(host='127.0.0.1', port=$port).run()" > "$tmp/log" 2>&1 &
python3 - "$port" <<'PY'
import socket
import sys
import time

VERSIONS = {4: "MQTT 3.1.1", 5: "MQTT 5"}
TOPIC, PAYLOAD = b"\x00\x05box/s", b"on"


def connected():
    """A connection to the broker, once it listens."""
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("the broker doesn't listen")


def packet(first, body):
    return bytes([first, len(body)]) + body


def client(name, version):
    wire = connected()
    properties = b"\x00" if version == 5 else b""
    wire.sendall(packet(0x10, b"\x00\x04MQTT" + bytes([version, 2, 0, 60]) + properties + b"\x00\x03" + name))
    wire.recv(256)
    return wire


seen = []
for version, qos, granted in ((4, 1, 2), (4, 1, 0), (5, 2, 2)):
    properties = b"\x00" if version == 5 else b""
    subscriber, publisher = client(b"sub", version), client(b"pub", version)
    subscriber.sendall(packet(0x82, b"\x00\x01" + properties + TOPIC + bytes([granted])))
    assert subscriber.recv(256)[-1] == granted
    publisher.sendall(packet(0x30 | qos << 1, TOPIC + b"\x00\x07" + properties + PAYLOAD))
    delivered = subscriber.recv(256)
    seen.append((delivered[0] >> 1 & 3, delivered[2 + len(TOPIC) :] == properties + PAYLOAD))
    parts = ", ".join(part.hex(" ") for part in (delivered[:2], delivered[2:9], delivered[9:]))
    print(f"{VERSIONS[version]}, published with QoS {qos}, granted {granted}: {parts}")
    subscriber.close()
    publisher.close()
if seen != [(1, True), (1, True), (2, True)]:
    sys.exit("changed: the publisher's QoS was expected, and no packet identifier")
PY
