#!/usr/bin/env bash
# amqtt never ends the connection of a client that has fallen silent
#
# Software: amqtt 0.12.1 (broker), paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A client with a keep alive of 2 s that sends nothing for 3 s is disconnected as if the network had failed,
#           and its will is published (MQTT-3.1.2-24): that is how a box without power is told to be offline.
# Seen:     Nothing happens: after 15 s it is still connected, and its will unsaid. Only a connection that TCP ends makes
#           the will, which a box whose plug is pulled doesn't do.
# Output:   silent for 15 s with a keep alive of 2 s: no will
#           its socket closed: will of box/status
# Callbox:  docs/mqtt.md says what is told of a box without power then.
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


watcher, told = connect("watcher")
watcher.subscribe("box/#", 1)
assert told.get(timeout=10) == "answered"
box, _ = connect("box", keep_alive_s=2, will="box/status")
box.loop_stop()  # from here on it sends nothing, as without power
time.sleep(15)
silent = [told.get()[0] for _ in range(told.qsize())]
box.socket().close()
time.sleep(2)
closed = [told.get()[0] for _ in range(told.qsize())]
watcher.disconnect()
watcher.loop_stop()
print("silent for 15 s with a keep alive of 2 s:", f"will of {silent[0]}" if silent else "no will")
print("its socket closed:", f"will of {closed[0]}" if closed else "no will")
if silent or closed != ["box/status"]:
    sys.exit("changed: the will was expected with the end of the socket only")
PY
