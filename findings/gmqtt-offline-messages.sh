#!/usr/bin/env bash
# gmqtt drops the messages that were published while the broker was away
#
# Software: gmqtt 0.8.0, paho-mqtt 2.2.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), MQTT 5
# Guess:    publish() with QoS 1 while the connection is lost raises an error, or the message is delivered once the client
#           is connected again: gmqtt stores such messages, and reconnects by itself.
# Seen:     publish() raises nothing and stores them; at the new CONNACK, if the broker has no session (a new start of
#           Mosquitto, or any reconnection without a session expiry), all that was stored is dropped without a word.
#           paho-mqtt delivers the same messages.
# Output:   gmqtt: published while away: 0 1 2, delivered: after
#           paho-mqtt: published while away: 0 1 2, delivered: 0 1 2 after
# Callbox:  uses paho-mqtt, and decides by itself what is published again (docs/outages.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gmqtt==0.8.0 paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
"$tmp/venv/bin/python" - "$port" "$tmp/root/usr/sbin/mosquitto" "$tmp/conf" 2> "$tmp/log" <<'PY' || { cat "$tmp/log" >&2; exit 1; }
import asyncio
import subprocess
import sys
import time

import gmqtt
import paho.mqtt.client as mqtt

PORT = int(sys.argv[1])
heard = []


def broker():
    process = subprocess.Popen([sys.argv[2], "-c", sys.argv[3]], stderr=subprocess.DEVNULL)
    time.sleep(1)
    return process


def listener():
    """A client that has subscribed by the time it is returned."""
    subscribed = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = lambda _, __, message: heard.append(message.payload.decode())
    client.on_subscribe = lambda *_: subscribed.append(True)
    client.connect("127.0.0.1", PORT)
    client.loop_start()
    client.subscribe("box/#", 1)
    while not subscribed:
        time.sleep(0.1)
    return client


def connected_paho():
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.reconnect_delay_set(3, 3)
    client.connect("127.0.0.1", PORT)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.1)
    return client


async def delivered(name):
    heard.clear()
    process = broker()
    if name == "gmqtt":
        client = gmqtt.Client("box")
        client.set_config({"reconnect_delay": 3, "reconnect_retries": -1})
        await client.connect("127.0.0.1", PORT)
    else:
        client = connected_paho()
    process.terminate()
    process.wait()
    await asyncio.sleep(0.5)
    for number in range(3):
        client.publish("box/press", str(number), qos=1)
    process, other = broker(), listener()
    await asyncio.sleep(8)
    client.publish("box/press", "after", qos=1)
    await asyncio.sleep(2)
    other.disconnect()
    other.loop_stop()
    if name == "gmqtt":
        await client.disconnect()
    else:
        client.disconnect()
        client.loop_stop()
    process.terminate()
    process.wait()
    return list(heard)


seen = {name: asyncio.run(delivered(name)) for name in ("gmqtt", "paho-mqtt")}
for name, messages in seen.items():
    print(f"{name}: published while away: 0 1 2, delivered: {' '.join(messages)}")
if seen != {"gmqtt": ["after"], "paho-mqtt": ["0", "1", "2", "after"]}:
    sys.exit("changed: only the later message was expected of gmqtt, all of paho-mqtt")
PY
