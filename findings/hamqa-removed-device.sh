#!/usr/bin/env bash
# hamqa never removes a device from Home Assistant, and drops a value that stands alone
#
# Software: hamqa 0.5.0, paho-mqtt 2.1.0 (PyPI), Python 3.11
# Guess:    remove_device() takes a device out of Home Assistant: an empty retained message on the topic on which the
#           sensor was announced (its README; MQTT discovery of Home Assistant). publish_value() takes a dict or a
#           single value (its docstring), and a path pattern may have {sensor_type} (README).
# Seen:     The empty message goes to a topic that has the sensor's whole configuration in its name and ends with
#           /config/config, so the sensor stays. A single value is dropped with a line in the log. {sensor_type} raises
#           KeyError: the placeholder is called {device_type}.
# Output:   announced on homeassistant/sensor/box/volume/config
#           removed on homeassistant/sensor/box/('volume', {...})/config/config
#           publish_value({'volume': 7}): 1 message
#           publish_value(7): 0 messages
#           {device_id}/{sensor_type}/{sensor_name}/config: KeyError
# Callbox:  is a device of Home Assistant by discovery of its own (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check hamqa==0.5.0 paho-mqtt==2.1.0
"$tmp/venv/bin/python" - <<'PY'
import re
import sys

import paho.mqtt.client as mqtt
from hamqa import HAMQTTDevice


class Recorder(mqtt.Client):
    """Notes what is published. It isn't connected."""

    def __init__(self):
        super().__init__(mqtt.CallbackAPIVersion.VERSION2)
        self.topics = []

    def publish(self, topic, payload=None, qos=0, retain=False, properties=None):
        self.topics.append(re.sub(r"\{.*\}", "{...}", topic))


client = Recorder()
device = HAMQTTDevice(client, base_topic="house", device_id="box")
device.add_sensor("volume", {"unit_of_measurement": "%"})
device.register_sensors()
device.remove_device()
announced, removed = client.topics
print("announced on", announced)
print("removed on", removed)
counts = []
for value in ({"volume": 7}, 7):
    client.topics.clear()
    device.publish_value(value)
    counts.append(len(client.topics))
    print(f"publish_value({value}): {counts[-1]} message{'s' * (counts[-1] != 1)}")
pattern = "{device_id}/{sensor_type}/{sensor_name}/config"
device.set_path_pattern(pattern)
try:
    device.register_sensors()
    answer = "announced"
except KeyError:
    answer = "KeyError"
print(f"{pattern}: {answer}")
if removed == announced or counts != [1, 0] or answer != "KeyError":
    sys.exit("changed: a sensor that stays was expected")
PY
