#!/usr/bin/env bash
# RabbitMQ delivers topics that begin with $ to a subscription to #
#
# Software: RabbitMQ 3.10.8-1.1+deb12u1 (Debian 12) with its plugin rabbitmq_mqtt, paho-mqtt 2.2.0, MQTT 3.1.1
# Guess:    A filter that begins with a wildcard doesn't match topics that begin with $ (MQTT-4.7.2-1): of $house/secret
#           a subscription to # or +/secret gets nothing, and one to $house/# does.
# Seen:     All three get it: the first level is like any other on the way through AMQP. A recorder of everything, which
#           subscribes to #, keeps what its sender has marked as no business of theirs, and $SYS topics of a bridge.
# Output:   published to $house/secret: $house/# gets it: True, # gets it: True, +/secret gets it: True
# Callbox:  publishes no topic that begins with $; its topics begin with `mqtt.prefix` (docs/mqtt.md).
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


FILTERS = ("$house/#", "#", "+/secret")
heard = {topic: subscribed(f"box{number}", topic) for number, topic in enumerate(FILTERS)}
publisher, _ = connect("publisher")
publisher.publish("$house/secret", "on", 1).wait_for_publish(20)
seen = {topic: next_of(events) == ("$house/secret", "on") for topic, (_, events) in heard.items()}
print("published to $house/secret:", ", ".join(f"{topic} gets it: {got}" for topic, got in seen.items()))
for client in (publisher, *(client for client, _ in heard.values())):
    client.disconnect()
    client.loop_stop()
if not all(seen.values()):
    sys.exit("changed: the message was expected for all three")
PY
