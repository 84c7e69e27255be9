#!/usr/bin/env bash
# amqtt lets two clients with one client identifier stay connected
#
# Software: amqtt 0.12.1 (broker), paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A second client with the identifier of the first takes its place: the broker disconnects the first
#           (MQTT-3.1.4-2) and publishes its will, by which an observer learns of a device that hangs in an old
#           connection.
# Seen:     The first isn't disconnected, its will isn't published, and what it publishes afterwards is delivered: two
#           boxes with one name look like one.
# Output:   after the second came: wills [] - events of the first []
#           published by the first afterwards: [('box/state', b'from the first')]
# Callbox:  nothing yet; the default of `device.id` is the end of the hardware address (docs/settings.md).
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


def connect(client_id):
    events = queue.Queue()
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311, reconnect_on_failure=False
    )
    client.will_set(f"will/{client_id}", "offline", qos=1)
    client.on_connect = lambda *_: events.put("connected")
    client.on_subscribe = lambda *_: events.put("subscribed")
    client.on_disconnect = lambda *_: events.put("disconnected")
    client.on_message = lambda _, __, message: events.put((message.topic, message.payload))
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    assert events.get(timeout=10) == "connected"
    return client, events


def drain(events):
    return [events.get() for _ in range(events.qsize())]


watcher, watched = connect("watcher")
watcher.subscribe([("will/#", 1), ("box/#", 1)])
watched.get(timeout=10)
first, first_events = connect("box")
second, _ = connect("box")
time.sleep(2)
wills, ended = drain(watched), drain(first_events)
first.publish("box/state", "from the first", qos=1)
time.sleep(1)
later = drain(watched)
print("after the second came: wills", wills, "- events of the first", ended)
print("published by the first afterwards:", later)
for client in (first, second, watcher):
    client.disconnect()
    client.loop_stop()
if wills or ended or later != [("box/state", b"from the first")]:
    sys.exit("changed: the first was expected to stay connected")
PY
