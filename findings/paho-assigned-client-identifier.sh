#!/usr/bin/env bash
# paho-mqtt forgets the client identifier that the broker has assigned
#
# Software: paho-mqtt 2.2.0 with MQTT 5, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    With an empty client identifier the broker assigns one, and the client uses it from then on (MQTT 5, section
#           3.2.2.3.7). A reconnection resumes the session, for which clean_start=False and a session expiry of an hour
#           ask.
# Seen:     Each reconnection sends the empty identifier again and gets another one, without a session: the
#           subscriptions are gone, and each outage leaves a session behind on the broker until its expiry.
# Output:   first connection: an identifier assigned: True
#           second: the same one: False, session present: False, message of the subscription: None
# Callbox:  its client identifier is `device.id`, and it subscribes after each connection.
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
import socket
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

connections, messages = queue.Queue(), queue.Queue()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="", protocol=mqtt.MQTTv5)
client.reconnect_delay_set(1, 1)
client.on_connect = lambda _, __, flags, reason, properties: connections.put((flags, properties))
client.on_subscribe = lambda *_: messages.put("subscribed")
client.on_message = lambda _, __, message: messages.put(message.topic)
expiry = Properties(PacketTypes.CONNECT)
expiry.SessionExpiryInterval = 3600
client.connect("127.0.0.1", int(sys.argv[1]), clean_start=False, properties=expiry)
client.loop_start()
first = connections.get(timeout=10)
client.subscribe("box/state", 1)
assert messages.get(timeout=10) == "subscribed"
client.socket().shutdown(socket.SHUT_RDWR)  # an outage
second = connections.get(timeout=10)
client.publish("box/state", "1", 1).wait_for_publish(10)
try:
    heard = messages.get(timeout=2)
except queue.Empty:
    heard = None
client.disconnect()
client.loop_stop()
same = first[1].AssignedClientIdentifier == getattr(second[1], "AssignedClientIdentifier", None)
print("first connection: an identifier assigned:", bool(first[1].AssignedClientIdentifier))
present = second[0].session_present
print(f"second: the same one: {same}, session present: {present}, message of the subscription: {heard}")
if same or present or heard:
    sys.exit("changed: another identifier without a session was expected")
PY
