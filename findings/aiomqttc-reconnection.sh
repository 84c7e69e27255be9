#!/usr/bin/env bash
# aiomqttc never connects again when the broker has restarted, and can't publish from the callback of a message
#
# Software: aiomqttc 1.0.7, amqtt 0.12.1 (broker) (PyPI)
# Guess:    With reconnect_interval set, the client is connected again soon after the broker is back, and on_disconnect
#           is called in between ("Automatic reconnection with configurable backoff"). An answer that is published in
#           on_message, with QoS 1, the default, is acknowledged as any other.
# Seen:     The end of the connection isn't noticed; after one and a half keep alive times the client says that it isn't
#           connected, calls nothing and leaves it at that. A callback is awaited by what reads the packets, so that the
#           PUBACK is read after it: publish() waits for 5 s, and returns False for a message that has arrived.
#           reconnect_delay_set() of its documentation isn't there.
# Output:   published outside of the callback: True
#           published in the callback: False
#           10 s after the broker's restart: connected False, on_disconnect called 0 times
# Callbox:  uses paho-mqtt, and connects again by itself (docs/outages.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiomqttc==1.0.7 amqtt==0.12.1
"$tmp/venv/bin/python" -W ignore - 2> "$tmp/log" <<'PY' || { grep changed: "$tmp/log" >&2; exit 1; }
import asyncio
import socket
import sys

import aiomqttc
from amqtt.broker import Broker

aiomqttc.log = lambda _line="": None
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]


async def start():
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{PORT}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    return broker


async def main():
    broker = await start()
    answers, ends = [], []
    box = aiomqttc.MQTTClient(client_id="box", server="127.0.0.1", port=PORT, keepalive=4)
    box.reconnect_interval, box.max_reconnect_interval = 1, 2

    async def on_message(_client, topic, _payload, _retain):
        if topic == "box/question":
            answers.append(await box.publish("box/answer", "yes"))

    async def on_disconnect(*_call):
        ends.append("called")

    box.on_message, box.on_disconnect = on_message, on_disconnect
    await box.connect()
    await box.subscribe("box/question", 1)
    outside = await box.publish("box/state", "idle")
    sender = aiomqttc.MQTTClient(client_id="sender", server="127.0.0.1", port=PORT)
    await sender.connect()
    await sender.publish("box/question", "?")
    await asyncio.sleep(6)
    await broker.shutdown()
    await asyncio.sleep(1)
    await start()
    await asyncio.sleep(10)
    print("published outside of the callback:", outside)
    print("published in the callback:", *answers)
    print(f"10 s after the broker's restart: connected {box.connected}, on_disconnect called {len(ends)} times")
    if not outside or answers != [False] or box.connected or ends:
        sys.exit("changed: False in the callback, and no connection, were expected")


asyncio.run(main())
PY
