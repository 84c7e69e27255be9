#!/usr/bin/env bash
# ha-mqtt-discoverable makes one button of "Volume +" and "Volume -"
#
# Software: ha-mqtt-discoverable 0.26.0, paho-mqtt 2.2.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    Two buttons with names and unique ids of their own are two entities of Home Assistant, each with its command.
# Seen:     Their topics are made of the names alone, with "-" for whatever isn't a letter or a digit, and are the same.
#           Of two discovery messages on one topic the second replaces the first; a press of "Volume -", the only one
#           left, calls the callback of it, and nothing can call that of "Volume +". No error is raised.
# Output:   topics: homeassistant/button/Box/Volume--/config, homeassistant/button/Box/Volume--/config
#           retained discovery messages: ['volume_down']
#           a press calls: ['volume_down']
# Callbox:  its topics are made of ids, and a test compares them all (mqtt/model/homeassistant.py).
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
import json
import queue
import sys

import paho.mqtt.client as mqtt
from ha_mqtt_discoverable import DeviceInfo, Settings
from ha_mqtt_discoverable.sensors import Button, ButtonInfo


def connect():
    client, answers, heard = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2), queue.Queue(), queue.Queue()
    client.on_connect = client.on_subscribe = lambda *_: answers.put("answered")
    client.on_message = lambda _, __, message: heard.put(message)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    answers.get(timeout=10)
    return client, answers, heard


def all_before_the_end(publisher, heard):
    publisher.publish("end", "1", 1).wait_for_publish(10)
    return list(iter(lambda: (message := heard.get(timeout=10)).topic != "end" and message, False))


box, _, _ = connect()
pressed, buttons = queue.Queue(), []
for name, unique_id in (("Volume +", "volume_up"), ("Volume -", "volume_down")):
    device = DeviceInfo(name="Box", identifiers="box-1")
    settings = Settings(
        mqtt=Settings.MQTT(client=box), entity=ButtonInfo(name=name, unique_id=unique_id, device=device)
    )
    buttons.append(Button(settings, lambda *_, unique_id=unique_id: pressed.put(unique_id)))
    buttons[-1].write_config()
box.publish("written", "1", 1).wait_for_publish(10)
home, answers, heard = connect()
home.subscribe([("homeassistant/#", 1), ("end", 1)])
answers.get(timeout=10)
configs = [json.loads(message.payload) for message in all_before_the_end(home, heard)]
for config in configs:
    home.publish(config["command_topic"], config["payload_press"], 1).wait_for_publish(10)
presses = [pressed.get(timeout=10)]
for client in (box, home):
    client.disconnect()
    client.loop_stop()
presses += [pressed.get() for _ in range(pressed.qsize())]
print("topics:", ", ".join(button.config_topic for button in buttons))
print("retained discovery messages:", [config["unique_id"] for config in configs])
print("a press calls:", presses)
if [config["unique_id"] for config in configs] != ["volume_down"] or presses != ["volume_down"]:
    sys.exit("changed: the second button alone was expected")
PY
