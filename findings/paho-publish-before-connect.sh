#!/usr/bin/env bash
# paho-mqtt delivers a message whose publish() has failed
#
# Software: paho-mqtt 2.2.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    A message of QoS 1 published before connect() either is queued, which publish() calls a success, or fails
#           and is forgotten: after "The client is not currently connected." a program says it again later.
# Seen:     publish() returns MQTT_ERR_NO_CONN and is_published() raises, for good; and yet the message goes out after
#           connect(). Whoever says it again says it twice.
# Output:   publish() returns The client is not currently connected.
#           delivered after connect(): b'pressed'
#           is_published(): RuntimeError('Message publish failed: The client is not currently connected.')
# Callbox:  publishes on a connected client only (docs/decisions/0008).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt

heard, subscribed = queue.Queue(), queue.Queue()
watcher = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
watcher.on_message = lambda _, __, message: heard.put(message.payload)
watcher.on_subscribe = lambda *_: subscribed.put(True)
watcher.connect("127.0.0.1", int(sys.argv[1]))
watcher.loop_start()
watcher.subscribe("box/button", 1)
subscribed.get(timeout=10)

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
message = client.publish("box/button", "pressed", qos=1)
print("publish() returns", mqtt.error_string(message.rc))
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
payload = heard.get(timeout=10)
print("delivered after connect():", payload)
try:
    state = str(message.is_published())
except RuntimeError as error:
    state = repr(error)
print("is_published():", state)
for each in (client, watcher):
    each.disconnect()
    each.loop_stop()
if message.rc != mqtt.MQTT_ERR_NO_CONN or payload != b"pressed" or "RuntimeError" not in state:
    sys.exit("changed: an error and a delivery were expected")
PY
