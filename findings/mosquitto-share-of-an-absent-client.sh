#!/usr/bin/env bash
# Mosquitto keeps an absent client's share of a shared subscription for it
#
# Software: Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), paho-mqtt 2.2.0 with MQTT 5
# Guess:    Of two clients with one shared subscription one is away, with a session that hasn't expired: the messages go
#           to the other, so that each is worked on (MQTT 5, section 4.8.2, leaves the choice to the broker).
# Seen:     Every second message waits for the absent one, and is delivered when it is back; if it never comes, until
#           its session expires. Two bots that share a box's presses miss half of them while one of them is down.
# Output:   10 messages: 5 to the client that is there, 5 to the other when it is back
# Callbox:  has no shared subscriptions; a home's automation may have.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import queue
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def connect(client_id):
    """A connected client with a session of an hour, and what it is told."""
    events = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda _, __, message: events.put(int(message.payload))
    expiry = Properties(PacketTypes.CONNECT)
    expiry.SessionExpiryInterval = 3600
    client.connect("127.0.0.1", int(sys.argv[1]), clean_start=False, properties=expiry)
    client.loop_start()
    assert events.get(timeout=10) == "answered"
    return client, events


def end(client):
    client.disconnect()
    client.loop_stop()


def drain(events):
    return [events.get() for _ in range(events.qsize())]


bots = [connect(f"bot-{number}") for number in (1, 2)]
for client, events in bots:
    client.subscribe("$share/bots/box/button", 1)
    assert events.get(timeout=10) == "answered"
(present, received), (absent, _) = bots
end(absent)
time.sleep(0.5)
box, _ = connect("box")
for press in range(10):
    box.publish("box/button", str(press), 1).wait_for_publish(10)
time.sleep(1)
of_present = drain(received)
again, waiting = connect("bot-2")
time.sleep(1)
of_absent = drain(waiting)
for client in (present, again, box):
    end(client)
print(f"10 messages: {len(of_present)} to the client that is there, {len(of_absent)} to the other when it is back")
if (len(of_present), len(of_absent)) != (5, 5):
    sys.exit("changed: five for each were expected")
PY
