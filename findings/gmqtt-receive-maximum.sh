#!/usr/bin/env bash
# gmqtt can't publish more than 19 messages at once to a Mosquitto broker
#
# Software: gmqtt 0.8.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), MQTT 5
# Guess:    A broker's Receive Maximum (Mosquitto's is 20) limits how many messages of QoS 1 are unacknowledged at the
#           same time; a client holds further ones back until there is room (MQTT 5, section 4.9).
# Seen:     gmqtt takes the number as the limit of its packet identifiers: the twentieth publish() of a row raises
#           OverflowError, and a subscribe() does so too while nineteen messages wait. With MQTT 3.1.1, which has no
#           Receive Maximum, all forty go.
# Output:   MQTT 5: 19 of 40 published, then OverflowError, 19 arrived
#           MQTT 3.1.1: 40 of 40 published, then no error, 40 arrived
# Callbox:  uses paho-mqtt, which holds messages back.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gmqtt==0.8.0
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/venv/bin/python" - "$port" <<'PY'
import asyncio
import sys

import gmqtt
from gmqtt.mqtt.constants import MQTTv50, MQTTv311


async def forty(version):
    """How many of forty messages are published in a row, the error after them, and how many arrive."""
    client, heard, subscribed = gmqtt.Client(f"client-{version}"), [], asyncio.Event()

    def on_message(*message):
        heard.append(message)
        return 0

    client.on_message = on_message
    client.on_subscribe = lambda *_: subscribed.set()
    await client.connect("127.0.0.1", int(sys.argv[1]), version=version)
    client.subscribe(f"box/{version}", qos=1)
    await asyncio.wait_for(subscribed.wait(), 10)
    published, error = 0, "no error"
    try:
        for number in range(40):
            client.publish(f"box/{version}", str(number), qos=1)
            published += 1
    except OverflowError:
        error = "OverflowError"
    await asyncio.sleep(2)
    await client.disconnect()
    return published, error, len(heard)


five, three = asyncio.run(forty(MQTTv50)), asyncio.run(forty(MQTTv311))
for name, (published, error, arrived) in (("MQTT 5", five), ("MQTT 3.1.1", three)):
    print(f"{name}: {published} of 40 published, then {error}, {arrived} arrived")
if five != (19, "OverflowError", 19) or three != (40, "no error", 40):
    sys.exit("changed: OverflowError after 19 messages was expected with MQTT 5 only")
PY
