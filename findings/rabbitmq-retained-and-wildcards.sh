#!/usr/bin/env bash
# RabbitMQ gives a subscription with a wildcard no retained messages
#
# Software: RabbitMQ 3.10.8-1.1+deb12u1 (Debian 12) with its plugin rabbitmq_mqtt, paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A new subscription gets the retained message of each topic that it matches (MQTT-3.3.1-6): that is how a
#           program that begins finds what is there, as Home Assistant does with homeassistant/+/+/config.
# Seen:     Only a subscription to the topic itself gets it; house/+/state and house/# get nothing, and SUBACK grants
#           them. Discovered devices are gone after a restart of the program that discovers them.
# Output:   subscribed to house/plug/state: retained message: ('house/plug/state', 'on')
#           subscribed to house/+/state: retained message: None
#           subscribed to house/#: retained message: None
# Callbox:  `callbox watch` and Home Assistant don't find boxes on such a broker until they report anew: docs/mqtt.md says so.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait || true; rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check paho-mqtt==2.2.0
erlang=$(for part in asn1 base crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl \
  syntax-tools tftp tools xmerl; do echo "erlang-$part"; done)
# shellcheck disable=SC2086 # one word for each package
apt-get download -qq -o APT::Sandbox::User=root rabbitmq-server=3.10.8-1.1+deb12u1 $erlang
for package in *.deb; do dpkg-deb -x "$package" root; done
sed -i "s#/usr/lib/erlang#$tmp/root/usr/lib/erlang#g" root/usr/lib/erlang/bin/erl
read -r port epmd dist < <(python3 -c 'import socket
sockets = [socket.socket() for _ in range(3)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
echo '[rabbitmq_mqtt].' > plugins
cat > rabbit.conf <<CONF
listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:$port
mqtt.allow_anonymous = true
CONF
export HOME=$tmp PATH=$tmp/root/usr/lib/erlang/bin:$PATH ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd
RABBITMQ_HOME=$(echo "$tmp"/root/usr/lib/rabbitmq/lib/rabbitmq_server-*)
export RABBITMQ_HOME RABBITMQ_NODENAME=finding@localhost RABBITMQ_DIST_PORT=$dist RABBITMQ_MNESIA_BASE=$tmp/mnesia
export RABBITMQ_LOG_BASE=$tmp/logs RABBITMQ_ENABLED_PLUGINS_FILE=$tmp/plugins RABBITMQ_CONFIG_FILE=$tmp/rabbit
"$tmp/root/usr/lib/erlang/bin/epmd" -port "$epmd" -address 127.0.0.1 > epmd.log 2>&1 &
for _ in $(seq 20); do
  sleep 0.5
  if (: < "/dev/tcp/127.0.0.1/$epmd") 2> /dev/null; then break; fi
done
"$RABBITMQ_HOME/sbin/rabbitmq-server" > rabbit.log 2>&1 &
for _ in $(seq 240); do
  sleep 1
  if (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then break; fi
done
venv/bin/python - "$port" <<'PY'
import queue
import sys

import paho.mqtt.client as mqtt


def connect(client_id, will=None):
    """A connected client, and what it is told."""
    events = queue.Queue()
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311, reconnect_on_failure=False
    )
    if will:
        client.will_set(will, "offline", 1)
    client.on_connect = client.on_subscribe = lambda *_: events.put("answered")
    client.on_message = lambda _, __, message: events.put((message.topic, message.payload.decode()))
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    assert events.get(timeout=20) == "answered"
    return client, events


def subscribed(client_id, topic):
    client, events = connect(client_id)
    client.subscribe(topic, 1)
    assert events.get(timeout=20) == "answered"
    return client, events


def next_of(events):
    try:
        return events.get(timeout=3)
    except queue.Empty:
        return None


publisher, _ = connect("publisher")
publisher.publish("house/plug/state", "on", 1, retain=True).wait_for_publish(20)
seen = {}
for number, topic in enumerate(("house/plug/state", "house/+/state", "house/#")):
    client, heard = subscribed(f"subscriber-{number}", topic)
    seen[topic] = next_of(heard)
    print(f"subscribed to {topic}: retained message: {seen[topic]}")
    client.disconnect()
    client.loop_stop()
publisher.disconnect()
publisher.loop_stop()
if list(seen.values()) != [("house/plug/state", "on"), None, None]:
    sys.exit("changed: nothing was expected of the wildcards")
PY
