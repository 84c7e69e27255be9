#!/usr/bin/env bash
# Mosquitto keeps a delayed will beyond the session's end, and drops it at a clean start
#
# Software: Mosquitto 2.0.11-1.2+deb12u2 (Debian 12), paho-mqtt 2.2.0 with MQTT 5
# Guess:    A will with a delay is published when the delay is over or the session ends, whichever comes first (MQTT 5,
#           section 3.1.3.2.2). Without a session expiry the session ends with the connection: the will comes at once. A
#           client that is back within the delay with Clean Start ends its old session, too: that session's will comes
#           (section 3.1.4).
# Seen:     The first waits for its delay though its session has ended; the second never comes. A subscriber that counts
#           on "offline" after each loss misses those of a client that begins anew.
# Output:   no session expiry: the will has waited for its delay: True
#           back with Clean Start within the delay: will: None
# Callbox:  its will has no delay.
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
import socket
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

DELAY_S = 4


def connect(client_id, session_s=0, will=None):
    """A connected client, and what it is told."""
    events = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    if will:
        delay = Properties(PacketTypes.WILLMESSAGE)
        delay.WillDelayInterval = DELAY_S
        client.will_set(will, "offline", 1, properties=delay)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda _, __, message: events.put(message.topic)
    expiry = Properties(PacketTypes.CONNECT)
    expiry.SessionExpiryInterval = session_s
    client.connect("127.0.0.1", int(sys.argv[1]), clean_start=True, properties=expiry)
    client.loop_start()
    assert events.get(timeout=10) == "answered"
    return client, events


def lose(client):
    client.loop_stop()
    client.socket().shutdown(socket.SHUT_RDWR)


watcher, wills = connect("watcher")
watcher.subscribe("will/#", 1)
assert wills.get(timeout=10) == "answered"

lose(connect("one", 0, "will/one")[0])
began_s = time.monotonic()
assert wills.get(timeout=20) == "will/one"
waited_s = time.monotonic() - began_s
print("no session expiry: the will has waited for its delay:", waited_s > DELAY_S - 1.5)

lose(connect("two", 60, "will/two")[0])
time.sleep(1)
again, _ = connect("two", 60)
try:
    second = wills.get(timeout=DELAY_S + 6)
except queue.Empty:
    second = None
print("back with Clean Start within the delay: will:", second)
for client in (again, watcher):
    client.disconnect()
    client.loop_stop()
if waited_s < DELAY_S - 1.5 or second is not None:
    sys.exit("changed: a will behind its delay was expected, and none")
PY
