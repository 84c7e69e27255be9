#!/usr/bin/env bash
# Adafruit's MiniMQTT drops its session when it reconnects, subscribes again with QoS 0, and never tells a session
#
# Software: adafruit-circuitpython-minimqtt 8.1.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    connect(clean_session=False) keeps the session, returns whether the broker has it (its on_connect has it as
#           flags), and reconnect() is the same connection again: subscriptions have the QoS that they had.
# Seen:     connect() returns 0 though the broker says that it has the session, and delivers what it kept for it: the
#           flag is read from the wrong octet. reconnect() begins a clean session, and subscribes with QoS 0.
# Output:   connected again: session present 0, delivered: kept
#           subscribed with QoS 1, after reconnect() with QoS 0
# Callbox:  uses paho-mqtt and subscribes by itself at each connection (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root mosquitto=2.0.11-1.2+deb12u2 mosquitto-clients=2.0.11-1.2+deb12u2 \
  libmosquitto1=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps adafruit-circuitpython-minimqtt==8.1.0 \
  adafruit-circuitpython-connectionmanager==3.1.8 adafruit-circuitpython-ticks==1.1.7 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > conf
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH
root/usr/sbin/mosquitto -c conf 2> log &
sleep 1
venv/bin/python -W ignore - "$port" <<'PY'
import socket
import subprocess
import sys
import types

sys.modules["micropython"] = types.ModuleType("micropython")
sys.modules["micropython"].const = int

from adafruit_minimqtt.adafruit_minimqtt import MQTT  # noqa: E402

PORT = int(sys.argv[1])


def client():
    return MQTT(broker="127.0.0.1", port=PORT, socket_pool=socket, client_id="box", socket_timeout=1, recv_timeout=5)


first = client()
first.connect(clean_session=False)
first.subscribe("command", 1)
first.disconnect()
subprocess.run(["mosquitto_pub", "-p", str(PORT), "-q", "1", "-t", "command", "-m", "kept"], check=True)
second, delivered, subscribed = client(), [], []
second.on_message = lambda _, __, message: delivered.append(message)
present = second.connect(clean_session=False)
second.loop(2)
print(f"connected again: session present {present}, delivered: {', '.join(delivered)}")
second.on_subscribe = lambda _, __, ___, qos: subscribed.append(qos)
second.subscribe("command", 1)
second.reconnect()
print(f"subscribed with QoS {subscribed[0]}, after reconnect() with QoS {subscribed[1]}")
if present or delivered != ["kept"] or subscribed != [1, 0]:
    sys.exit("changed: no session, the kept message, and QoS 0 were expected")
PY
