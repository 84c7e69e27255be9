#!/usr/bin/env bash
# amqtt delivers a message of QoS 0 with QoS 2
#
# Software: amqtt 0.12.1 (broker), paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A message comes with the lower QoS of two: that of its publisher and that which the subscription was granted
#           (MQTT-3.8.4-6). Reports of QoS 0, which may be lost, cost a subscriber of QoS 2 no handshake.
# Seen:     Both are taken from the subscription: what was published with QoS 0 comes with QoS 1 or 2, with its
#           acknowledgements, and four packets for each one.
# Output:   published with QoS 0, subscription of QoS 1: delivered with QoS 1
#           published with QoS 0, subscription of QoS 2: delivered with QoS 2
#           published with QoS 1, subscription of QoS 2: delivered with QoS 2
#           published with QoS 2, subscription of QoS 2: delivered with QoS 2
# Callbox:  nothing to do; it subscribes with QoS 1.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check amqtt==0.12.1 paho-mqtt==2.2.0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$tmp/broker.py" <<'PY'
import asyncio
import sys

from amqtt.broker import Broker


async def main():
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    await Broker(config).start()
    await asyncio.Event().wait()


asyncio.run(main())
PY
"$tmp/venv/bin/python" "$tmp/broker.py" "$port" > "$tmp/log" 2>&1 &
sleep 4
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt


def connect(client_id):
    """A connected client, and what it is told."""
    events = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda _, __, message: events.put(message.qos)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    assert events.get(timeout=10) == "answered"
    return client, events


subscriber, events = connect("subscriber")
publisher, _ = connect("publisher")
seen = {}
for granted in (0, 1, 2):
    subscriber.subscribe(f"box/{granted}", granted)
    assert events.get(timeout=10) == "answered"
    for published in (0, 1, 2):
        publisher.publish(f"box/{granted}", "1", published).wait_for_publish(10)
        seen[published, granted] = events.get(timeout=10)
for client in (subscriber, publisher):
    client.disconnect()
    client.loop_stop()
for (published, granted), qos in seen.items():
    if granted > published or granted == published == 2:
        print(f"published with QoS {published}, subscription of QoS {granted}: delivered with QoS {qos}")
if any(seen[published, granted] != granted for published, granted in ((0, 1), (0, 2))):
    sys.exit("changed: the subscription's QoS was expected of what was published with QoS 0")
PY
