#!/usr/bin/env bash
# amqtt keeps a session, but not its messages
#
# Software: amqtt 0.12.1 (broker), paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A client with clean_session=False that is away gets the QoS 1 messages of its subscriptions when it comes
#           back: MQTT 3.1.1, section 3.1.2.4, makes them part of the session's state.
# Seen:     CONNACK says that the session is there (session present), but none of three messages comes.
# Output:   connected: b'while connected'
#           back: session present True, 0 of 3 messages
# Callbox:  relies on no session; what is so now is retained, and told anew at each connection (docs/decisions/0008).
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


def connect(client_id, **options):
    heard, answers = queue.Queue(), queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311, **options)
    client.on_connect = lambda _, __, flags, ___, ____: answers.put(flags.session_present)
    client.on_subscribe = lambda *_: answers.put("subscribed")
    client.on_message = lambda _, __, message: heard.put(message.payload)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    return client, answers, heard, answers.get(timeout=10)


def leave(client):
    client.disconnect()
    client.loop_stop()


sender, *_ = connect("sender")
box, answers, heard, _ = connect("box", clean_session=False)
box.subscribe("box/request", 1)
answers.get(timeout=10)
sender.publish("box/request", "while connected", qos=1).wait_for_publish(10)
print("connected:", heard.get(timeout=10))
leave(box)
for number in range(3):
    sender.publish("box/request", f"away {number}", qos=1).wait_for_publish(10)
box, answers, heard, present = connect("box", clean_session=False)
time.sleep(3)
came = heard.qsize()
print(f"back: session present {present}, {came} of 3 messages")
leave(box)
leave(sender)
if not present or came:
    sys.exit("changed: a session without its messages was expected")
PY
