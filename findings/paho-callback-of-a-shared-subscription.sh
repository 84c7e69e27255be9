#!/usr/bin/env bash
# paho-mqtt doesn't call the callback of a shared subscription
#
# Software: paho-mqtt 2.2.0 with MQTT 5, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    message_callback_add(sub, …) takes the text that subscribe() was given, a topic with or without wildcards: a
#           callback for "$share/bots/box/button" is called with the messages of that shared subscription.
# Seen:     They go to on_message, or nowhere if there is none: a message's topic is "box/button", and paho doesn't know
#           that $share/bots/ isn't a part of it. Added for "box/button" the callback is called.
# Output:   callback added for $share/bots/box/button: the message goes to on_message
#           callback added for box/button: the message goes to the callback
# Callbox:  has no shared subscriptions; one box is one client.
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

import paho.mqtt.client as mqtt

events = queue.Queue()


def told(added):
    """Who is told of a message of the subscription, with a callback added for `added`."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda *_: events.put("on_message")
    client.message_callback_add(added, lambda *_: events.put("the callback"))
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    assert events.get(timeout=10) == "answered"
    client.subscribe("$share/bots/box/button", 1)
    assert events.get(timeout=10) == "answered"
    client.publish("box/button", "press", 1).wait_for_publish(10)
    heard = events.get(timeout=10)
    client.disconnect()
    client.loop_stop()
    return heard


seen = {added: told(added) for added in ("$share/bots/box/button", "box/button")}
for added, heard in seen.items():
    print(f"callback added for {added}: the message goes to {heard}")
if list(seen.values()) != ["on_message", "the callback"]:
    sys.exit("changed: on_message was expected, and the callback only for the topic alone")
PY
