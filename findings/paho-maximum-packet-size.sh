#!/usr/bin/env bash
# paho-mqtt sends what is larger than the broker takes, again after each reconnection
#
# Software: paho-mqtt 2.2.0 with MQTT 5, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12) with max_packet_size 3000
# Guess:    CONNACK says Maximum Packet Size 3000, so publish() of 5000 bytes is refused by the client: MQTT 5, section
#           3.2.2.3.6, forbids to send it. (Server Keep Alive, from the same CONNACK, is followed.)
# Seen:     It is sent. The broker ends the connection (Packet too large); paho connects again, sends the QoS 1 message
#           again, and so on: one message keeps the client off the broker.
# Output:   publish() returns No error.
#           connected, Maximum Packet Size 3000
#           disconnected: Packet too large
#           connected, Maximum Packet Size 3000
#           disconnected: Packet too large
#           connected, Maximum Packet Size 3000
# Callbox:  a fresh client for each connection takes no old message along (docs/decisions/0008).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "max_packet_size 3000" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt

events = queue.Queue()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
client.reconnect_delay_set(1, 1)
client.on_connect = lambda _, __, ___, reason, properties: events.put(
    f"connected, Maximum Packet Size {properties.MaximumPacketSize}"
)
client.on_disconnect = lambda _, __, ___, reason, ____: events.put(f"disconnected: {reason}")
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
seen = [events.get(timeout=10)]
message = client.publish("sound", bytes(5000), qos=1)
print("publish() returns", mqtt.error_string(message.rc))
seen += [events.get(timeout=20) for _ in range(4)]
client.disconnect()
client.loop_stop()
for event in seen:
    print(event)
connected, refused = "connected, Maximum Packet Size 3000", "disconnected: Packet too large"
if message.rc != mqtt.MQTT_ERR_SUCCESS or seen != [connected, refused, connected, refused, connected]:
    sys.exit("changed: the message was expected to end each connection")
PY
