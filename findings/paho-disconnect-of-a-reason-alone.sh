#!/usr/bin/env bash
# paho-mqtt 2.1 tells a normal end when the broker says no more than the reason why it ends the connection
#
# Software: paho-mqtt 2.1.0 and 2.2.0, MQTT 5
# Guess:    A DISCONNECT may be its reason code alone, with a length of 1 (MQTT 5, section 3.14.2.2.1): on_disconnect is
#           called with it, such as "Server shutting down".
# Seen:     2.1.0 reads the reason of a packet only that has properties, such as a text: else it is "Normal
#           disconnection", and who connects again after failures only doesn't. 2.2.0 is right.
# Output:   paho-mqtt 2.1.0: alone: Normal disconnection, with a text: Server shutting down
#           paho-mqtt 2.2.0: alone: Server shutting down, with a text: Server shutting down
# Callbox:  needs 2.2 (pyproject.toml).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for version in 2.1.0 2.2.0; do
  python3 -m venv "$tmp/$version"
  "$tmp/$version/bin/pip" install -q --disable-pip-version-check paho-mqtt==$version
done
cat > "$tmp/run.py" <<'PY'
import socket
import sys

import paho.mqtt.client as mqtt


def reason(disconnect):
    """What the client tells when a broker sends this packet behind its CONNACK."""
    told = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="box", protocol=mqtt.MQTTv5)
    client.on_disconnect = lambda _, __, ___, code, ____: told.append(str(code))
    with socket.create_server(("127.0.0.1", 0)) as server:
        client.connect("127.0.0.1", server.getsockname()[1])
        connection, _ = server.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(bytes.fromhex("20 03 00 00 00" + disconnect))
            for _ in range(20):
                client.loop(0.1)
                if told:
                    break
    return told[0]


alone, with_text = reason("e0 01 8b"), reason("e0 07 8b 05 1f 00 02 62 79")  # reason string "by"
print(f"paho-mqtt {sys.argv[1]}: alone: {alone}, with a text: {with_text}")
expected = "Normal disconnection" if sys.argv[1] == "2.1.0" else "Server shutting down"
if (alone, with_text) != (expected, "Server shutting down"):
    sys.exit(f"changed: {expected} was expected of the reason alone")
PY
for version in 2.1.0 2.2.0; do "$tmp/$version/bin/python" -W ignore "$tmp/run.py" $version; done
