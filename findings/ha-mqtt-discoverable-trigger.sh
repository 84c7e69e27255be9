#!/usr/bin/env bash
# ha-mqtt-discoverable never sends a device trigger's first event, nor the same event twice
#
# Software: ha-mqtt-discoverable 0.26.0, paho-mqtt 2.2.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    DeviceTrigger.trigger() "generates a device trigger event" each time: three presses of a button are three
#           messages, and Home Assistant runs its automation three times.
# Seen:     Without a payload no press is ever sent, though the discovery message is; with one only the first of three.
#           A trigger's payload is taken for a state: one that is the same as before isn't sent, and before the first
#           one it is None.
# Output:   three times trigger(): [] arrived, discovery message arrived: True
#           three times trigger("short"): ['short'] arrived, discovery message arrived: True
# Callbox:  makes its discovery messages itself, and each press is a message (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ha-mqtt-discoverable==0.26.0 paho-mqtt==2.2.0
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
from ha_mqtt_discoverable import DeviceInfo, Settings
from ha_mqtt_discoverable.sensors import DeviceTrigger, DeviceTriggerInfo

heard = queue.Queue()


def connect():
    client, answers = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2), queue.Queue()
    client.on_connect = client.on_subscribe = lambda *_: answers.put("answered")
    client.on_message = lambda _, __, message: heard.put((message.topic, message.payload.decode()))
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    answers.get(timeout=10)
    return client, answers


listener, answers = connect()
listener.subscribe("#", 1)
answers.get(timeout=10)
publisher, _ = connect()


def presses(name, *payload):
    """What three presses send to the trigger's topic, and whether its discovery message is sent."""
    device = DeviceInfo(name="Box", identifiers="box-1")
    entity = DeviceTriggerInfo(name=name, type="button_short_press", subtype="button_1", unique_id=name, device=device)
    trigger = DeviceTrigger(Settings(mqtt=Settings.MQTT(client=publisher), entity=entity))
    for _ in range(3):
        trigger.trigger(*payload)
    publisher.publish("end", "1", 1).wait_for_publish(10)
    messages = list(iter(lambda: heard.get(timeout=10), ("end", "1")))
    return [text for topic, text in messages if topic == trigger.state_topic], any(
        topic == trigger.config_topic for topic, _ in messages
    )


without, with_payload = presses("plain"), presses("named", "short")
print(f"three times trigger(): {without[0]} arrived, discovery message arrived: {without[1]}")
print(f'three times trigger("short"): {with_payload[0]} arrived, discovery message arrived: {with_payload[1]}')
for client in (listener, publisher):
    client.disconnect()
    client.loop_stop()
if without != ([], True) or with_payload != (["short"], True):
    sys.exit("changed: no event, and one of three, were expected")
PY
