#!/usr/bin/env bash
# paho-mqtt calls a message published that the broker has refused
#
# Software: paho-mqtt 2.2.0 with MQTT 5, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    A PUBACK with 0x87 (Not authorized) fails the message: wait_for_publish() raises or is_published() stays
#           False, as after an error of the connection, for which the documentation names RuntimeError.
# Seen:     wait_for_publish() returns as after a success, and is_published() is True; the refusal is in the reason code
#           of on_publish alone.
# Output:   allowed/x: wait_for_publish() -> None, is_published() -> True, on_publish: No matching subscribers
#           denied/x: wait_for_publish() -> None, is_published() -> True, on_publish: Not authorized
# Callbox:  its doctor looks at on_publish's reason code: MQTT-NO-PUBLISH in docs/doctor.md.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'topic readwrite allowed/#\n' > "$tmp/acl"
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "acl_file $tmp/acl" "user root" > "$tmp/conf"
chmod 700 "$tmp/acl"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt

events = queue.Queue()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
client.on_connect = lambda *_: events.put("connected")
client.on_publish = lambda _, __, ___, reason, ____: events.put(str(reason))
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
events.get(timeout=10)
seen = []
for topic in ("allowed/x", "denied/x"):
    message = client.publish(topic, "1", qos=1)
    waited = message.wait_for_publish(10)
    seen.append((topic, waited, message.is_published(), events.get(timeout=10)))
client.disconnect()
client.loop_stop()
for topic, waited, published, reason in seen:
    print(f"{topic}: wait_for_publish() -> {waited}, is_published() -> {published}, on_publish: {reason}")
if seen[1] != ("denied/x", None, True, "Not authorized"):
    sys.exit("changed: the refused message was expected to count as published")
PY
