#!/usr/bin/env bash
# Mosquitto grants a subscription that its ACL denies
#
# Software: Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), paho-mqtt 2.2.0, MQTT 5 and 3.1.1
# Guess:    A user who may not read a topic gets 0x87 (Not authorized) or, with MQTT 3.1.1, 0x80 in SUBACK, so a client
#           sees at once that its rights are too small (MQTT 5, section 3.9.3).
# Seen:     SUBACK grants QoS 1, with both versions, and the messages of that topic never come.
# Output:   MQTT 5: SUBACK for allowed/x and denied/x: ['Granted QoS 1', 'Granted QoS 1']; messages come of
#             ['allowed/x']
#           MQTT 3.1.1: SUBACK for allowed/x and denied/x: ['Granted QoS 1', 'Granted QoS 1']; messages come of
#             ['allowed/x']
# Callbox:  its doctor publishes below its own topic and waits for it to come back: MQTT-NO-READ in docs/doctor.md.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'topic %s\n' 'readwrite allowed/#' 'write denied/#' > "$tmp/acl"
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "acl_file $tmp/acl" "user root" > "$tmp/conf"
chmod 700 "$tmp/acl"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt


def tried(protocol):
    """What SUBACK says of both topics, and which of their messages come."""
    answers, heard = queue.Queue(), queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=protocol)
    client.on_connect = lambda *_: answers.put("connected")
    client.on_subscribe = lambda _, __, ___, reasons, ____: answers.put([str(reason) for reason in reasons])
    client.on_message = lambda _, __, message: heard.put(message.topic)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    answers.get(timeout=10)
    client.subscribe([("allowed/x", 1), ("denied/x", 1)])
    granted = answers.get(timeout=10)
    client.publish("denied/x", "1", qos=1).wait_for_publish(10)
    client.publish("allowed/x", "1", qos=1).wait_for_publish(10)
    come = [heard.get(timeout=10)]
    client.disconnect()
    client.loop_stop()
    return granted, come + [heard.get() for _ in range(heard.qsize())]


seen = {name: tried(version) for name, version in (("MQTT 5", mqtt.MQTTv5), ("MQTT 3.1.1", mqtt.MQTTv311))}
for name, (granted, come) in seen.items():
    print(f"{name}: SUBACK for allowed/x and denied/x: {granted}; messages come of {come}")
if any(result != (["Granted QoS 1"] * 2, ["allowed/x"]) for result in seen.values()):
    sys.exit("changed: both subscriptions were expected to be granted, and messages of the allowed topic only")
PY
