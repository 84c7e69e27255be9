#!/usr/bin/env bash
# amqtt sends each client that connects the retained messages that others have subscribed to
#
# Software: amqtt 0.12.1 (broker), paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A client gets messages of its own subscriptions only; one that only publishes gets none.
# Seen:     After CONNACK it gets every retained message that some client's subscription matches, with QoS 0. A small
#           board that only publishes gets packets that it never asked for, and the states of all other devices with
#           them.
# Output:   before anybody subscribes: a new client gets nothing
#           while another one is subscribed to house/#: a new client gets house/door (retained)
#           after it has left: a new client gets nothing
# Callbox:  nothing to do; what comes of other topics isn't a command, and is left (mqtt/model/inbound.py).
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
import time

import paho.mqtt.client as mqtt


def connect(client_id, keep_alive_s=60, will=None):
    """A connected client, and what it is told."""
    events = queue.Queue()
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311, reconnect_on_failure=False
    )
    if will:
        client.will_set(will, "offline", 1)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda _, __, message: events.put((message.topic, message.retain))
    client.connect("127.0.0.1", int(sys.argv[1]), keep_alive_s)
    client.loop_start()
    assert events.get(timeout=10) == "answered"
    return client, events


def told_to_a_new_client(client_id):
    client, events = connect(client_id)
    time.sleep(2)
    client.disconnect()
    client.loop_stop()
    return [events.get() for _ in range(events.qsize())]


door, _ = connect("door")
door.publish("house/door", "open", 1, retain=True).wait_for_publish(10)
seen = {"before anybody subscribes": told_to_a_new_client("first")}
panel, events = connect("panel")
panel.subscribe("house/#", 1)
assert events.get(timeout=10) == "answered"
seen["while another one is subscribed to house/#"] = told_to_a_new_client("second")
for client in (panel, door):
    client.disconnect()
    client.loop_stop()
time.sleep(1)
seen["after it has left"] = told_to_a_new_client("third")
for name, messages in seen.items():
    texts = [f"{topic}{' (retained)' if retained else ''}" for topic, retained in messages]
    print(f"{name}: a new client gets {', '.join(texts) or 'nothing'}")
if list(seen.values()) != [[], [("house/door", True)], []]:
    sys.exit("changed: house/door was expected while somebody else was subscribed to it")
PY
