#!/usr/bin/env bash
# mqtt-spb-wrapper doesn't publish a value that the program has read, and its birth has another number than its will
#
# Software: mqtt-spb-wrapper 2.1.2, paho-mqtt 1.6.1, protobuf 3.20.3 (PyPI), Python 3.11
# Guess:    publish_data() sends the values that were set since the last time (its docstring). The bdSeq of a birth is
#           that of the will which was sent with CONNECT (Sparkplug 3.0, tck-id-topics-nbirth-bdseq-matching), and each
#           edge node counts its own messages from 0 in seq.
# Seen:     get_value() takes the mark away that set_value() has made, so a volume that is set and read is never sent.
#           The birth says --bdSeq, which in Python is bdSeq: one more than the will. All edge nodes of a program share
#           one seq, so a host takes every other message of each for lost.
# Output:   set to 7: volume=7
#           set to 8 and read: nothing
#           will: bdSeq 0, birth: bdSeq 1
#           seq of box: 0 1 3, of lamp: 0 2 4
# Callbox:  publishes JSON by MQTT, no Sparkplug (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mqtt-spb-wrapper==2.1.2 paho-mqtt==1.6.1 protobuf==3.20.3
"$tmp/venv/bin/python" - <<'PY'
import sys

from mqtt_spb_wrapper import SpbEntity, SpbPayloadParser
from mqtt_spb_wrapper.spb_protobuf import getNodeDeathPayload


def decoded(payload):
    found = SpbPayloadParser(payload).as_dict()
    return int(found.get("seq", 0)), {metric["name"]: metric["value"] for metric in found.get("metrics", [])}


def update(node, volume):
    node.data.set_value("volume", volume)
    return decoded(node.serialize_payload_data())


will = decoded(getNodeDeathPayload().SerializeToString())[1]["bdSeq"]
nodes = {"box": SpbEntity("house", "box"), "lamp": SpbEntity("house", "lamp")}
births = {}
for name, node in nodes.items():
    node.data.set_value("volume", 5)
    births[name] = decoded(node.serialize_payload_birth())
numbers = {name: [births[name][0]] for name in nodes}
for volume in (6, 7):
    for name, node in nodes.items():
        number, values = update(node, volume)
        numbers[name].append(number)
print(f"set to 7: volume={values['volume']}")
nodes["box"].data.set_value("volume", 8)
nodes["box"].data.get_value("volume")
read = decoded(nodes["box"].serialize_payload_data())[1]
print("set to 8 and read:", f"volume={read['volume']}" if read else "nothing")
birth = births["box"][1]["bdSeq"]
print(f"will: bdSeq {will}, birth: bdSeq {birth}")
print("seq of box: {} {} {}, of lamp: {} {} {}".format(*numbers["box"], *numbers["lamp"]))
if read or will == birth or numbers != {"box": [0, 1, 3], "lamp": [0, 2, 4]}:
    sys.exit("changed: nothing, two numbers and one sequence were expected")
PY
