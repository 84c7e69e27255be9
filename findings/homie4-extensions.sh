#!/usr/bin/env bash
# Homie4 retains what it calls not retained, can't set what is added later, and names its extensions wrong
#
# Software: Homie4 0.4.0, paho-mqtt 1.6.1 (PyPI), Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), Python 3.11
# Guess:    A property with retained=False is an event, such as a key, whose $retained is false and whose messages have
#           no retain flag (Homie 4.0.0). add_node() to a device that is ready publishes the node, and its settable
#           properties can be set. $extensions is a list of identifiers with versions, as
#           org.homie.legacy-stats:0.1.1:[4.x], which the package has in a table.
# Seen:     Each value is published with the flag, so who connects later hears the last key again. A node that is added
#           later is published, but nothing subscribes to its set topics. $extensions is stats,firmware,meta, which
#           aren't identifiers.
# Output:   $extensions: stats,firmware,meta
#           phone/key/$retained: false, found by who connects later: 5
#           set before the start: called, set of a node that was added later: not called
# Callbox:  isn't a Homie device; an event of its own isn't retained (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check homie4==0.4.0 paho-mqtt==1.6.1
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" -W ignore - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt
from homie.device_base import Device_Base
from homie.node.node_base import Node_Base
from homie.node.property.property_enum import Property_Enum
from homie.node.property.property_integer import Property_Integer

port = int(sys.argv[1])


def listen(topic):
    """A client that hears a topic, and the queue of its messages."""
    client, messages, subscribed = mqtt.Client(), queue.Queue(), queue.Queue()
    client.on_connect = lambda *_: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_: subscribed.put(True)
    client.on_message = lambda _, __, message: messages.put((message.topic, message.payload.decode(), message.retain))
    client.connect("127.0.0.1", port)
    client.loop_start()
    subscribed.get(timeout=10)
    return client, messages


def wait(messages, *ends):
    """All payloads until one of a topic arrives."""
    found = {}
    while True:
        topic, payload, _ = messages.get(timeout=10)
        found[topic] = payload
        if (topic, payload) == ends:
            return found


device = Device_Base("box", "Box", None, {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": port})
called = set()
phone = Node_Base(device, "phone", "Phone", "telephone")
phone.add_property(Property_Enum(phone, "key", "Key", False, False, data_format="1,2,3,4,5"))
sound = Node_Base(device, "sound", "Sound", "loudspeaker")
sound.add_property(Property_Integer(sound, "volume", "Volume", set_value=lambda _: called.add("volume")))
for node in (phone, sound):
    device.add_node(node)
client, messages = listen("homie/box/#")
device.start()
wait(messages, "homie/box/$state", "ready")
late = Node_Base(device, "lamp", "Lamp", "lamp")
late.add_property(Property_Integer(late, "brightness", "Brightness", set_value=lambda _: called.add("brightness")))
device.add_node(late)
wait(messages, "homie/box/$state", "ready")
for topic in ("lamp/brightness", "sound/volume"):
    client.publish(f"homie/box/{topic}/set", "7", 1)
wait(messages, "homie/box/sound/volume", "7")
phone.get_property("key").value = "5"
wait(messages, "homie/box/phone/key", "5")
client.publish("homie/box/end", "1", 1, retain=True).wait_for_publish()
found = wait(listen("homie/box/#")[1], "homie/box/end", "1")
extensions, retained = found["homie/box/$extensions"], found["homie/box/phone/key/$retained"]
key = found.get("homie/box/phone/key", "nothing")
answers = ["called" if name in called else "not called" for name in ("volume", "brightness")]
print("$extensions:", extensions)
print(f"phone/key/$retained: {retained}, found by who connects later: {key}")
print("set before the start: {}, set of a node that was added later: {}".format(*answers))
if (extensions, key, answers) != ("stats,firmware,meta", "5", ["called", "not called"]):
    sys.exit("changed: three short names, the last key and one call were expected")
PY
