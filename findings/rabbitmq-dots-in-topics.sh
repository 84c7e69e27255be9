#!/usr/bin/env bash
# RabbitMQ makes slashes of the dots in an MQTT topic
#
# Software: RabbitMQ 3.10.8-1.1+deb12u1 (Debian 12) with its plugin rabbitmq_mqtt, paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A topic's levels are split by slashes alone, and any other character stays what it is (MQTT 3.1.1, section
#           4.7): a message for house/plug-192.0.2.7/state comes as that.
# Seen:     It comes as house/plug-192/0/2/7/state. Both characters are one on the way through AMQP, whose levels are
#           split by dots. house/+/state doesn't match it any more, and a program that finds its device by the topic
#           doesn't find it.
# Output:   published to house/plug-7/state: comes as house/plug-7/state, matches house/+/state: True
#           published to house/plug-192.0.2.7/state: comes as house/plug-192/0/2/7/state, matches house/+/state: False
# Callbox:  a device's id and its topics have no dots; `mqtt.prefix` may: docs/mqtt.md says so.
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


everything, heard = subscribed("everything", "house/#")
states, stated = subscribed("states", "house/+/state")
publisher, _ = connect("publisher")
seen = {}
for topic in ("house/plug-7/state", "house/plug-192.0.2.7/state"):
    publisher.publish(topic, "on", 1).wait_for_publish(20)
    all_of_it, of_states = next_of(heard), next_of(stated)
    seen[topic] = all_of_it[0], of_states is not None
    print(f"published to {topic}: comes as {seen[topic][0]}, matches house/+/state: {seen[topic][1]}")
for client in (everything, states, publisher):
    client.disconnect()
    client.loop_stop()
if list(seen.values()) != [("house/plug-7/state", True), ("house/plug-192/0/2/7/state", False)]:
    sys.exit("changed: slashes instead of the dots were expected")
PY
