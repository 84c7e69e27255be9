#!/usr/bin/env bash
# mqttools' broker says that it has no wildcards, and then grants them and delivers by them
#
# Software: mqttools 0.50.0 (broker), paho-mqtt 2.2.0 (PyPI), MQTT 5
# Guess:    A broker whose CONNACK has Wildcard Subscription Available 0 answers a subscription with a wildcard with
#           reason code 162, not supported (MQTT 5, 3.2.2.3.11); one that delivers by wildcards says 1, or nothing.
# Seen:     It says 0, grants box/+/state and box/#, and delivers for both. A client that heeds what it is told doesn't
#           subscribe. What it says of QoS, a maximum of 0, is so.
# Output:   CONNACK: wildcards 0, maximum QoS 0
#           SUBACK: box/+/state Granted QoS 0, box/# Granted QoS 0
#           delivered: box/kitchen/state, box/kitchen/state
# Callbox:  needs QoS 1 of a broker (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mqttools==0.50.0 paho-mqtt==2.2.0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$tmp/broker.py" <<'PY'
import asyncio
import sys

import mqttools


async def main():
    await mqttools.Broker(("127.0.0.1", int(sys.argv[1]))).serve_forever()


asyncio.run(main())
PY
"$tmp/venv/bin/python" "$tmp/broker.py" "$port" > "$tmp/log" 2>&1 &
sleep 3
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys
import time

import paho.mqtt.client as mqtt

events = queue.Queue()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, reconnect_on_failure=False)
client.on_connect = lambda *call: events.put(call[4])
client.on_subscribe = lambda *call: events.put([str(reason) for reason in call[3]])
client.on_message = lambda *call: events.put(call[2].topic)
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
properties = events.get(timeout=10)
connack = properties.WildcardSubscriptionAvailable, properties.MaximumQoS
client.subscribe([("box/+/state", 0), ("box/#", 0)])
granted = events.get(timeout=10)
client.publish("box/kitchen/state", "idle")
time.sleep(1)
delivered = [events.get() for _ in range(events.qsize())]
client.disconnect()
client.loop_stop()
print(f"CONNACK: wildcards {connack[0]}, maximum QoS {connack[1]}")
print(f"SUBACK: box/+/state {granted[0]}, box/# {granted[1]}")
print("delivered:", ", ".join(delivered))
if connack[0] != 0 or granted != ["Granted QoS 0"] * 2 or not delivered:
    sys.exit("changed: no wildcards in CONNACK, and granted ones, were expected")
PY
