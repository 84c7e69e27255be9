#!/usr/bin/env bash
# aiomqtt's Topic.matches() lets # match $SYS, which no broker does
#
# Software: aiomqtt 2.5.1, paho-mqtt 2.2.0
# Guess:    Topic.matches() tells which subscription a message belongs to by the rules of MQTT: a filter that begins
#           with a wildcard doesn't match topics that begin with $ (MQTT 5, section 4.7.2).
# Seen:     "#" and "+/…" match them. A program that is subscribed to "#" and "$SYS/#" and sorts its messages by
#           matches(), as the documentation shows, takes the broker's figures for reports of its devices.
# Output:   $SYS/uptime with #: aiomqtt True, paho-mqtt False
#           $SYS/uptime with +/uptime: aiomqtt True, paho-mqtt False
#           $SYS/uptime with $SYS/#: aiomqtt True, paho-mqtt True
#           box/state with +/state: aiomqtt True, paho-mqtt True
# Callbox:  uses paho-mqtt itself, and full topics.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiomqtt==2.5.1 paho-mqtt==2.2.0
"$tmp/venv/bin/python" - <<'PY'
import sys

from aiomqtt import Topic
from paho.mqtt.client import topic_matches_sub

seen = []
for topic, wildcard in (
    ("$SYS/uptime", "#"),
    ("$SYS/uptime", "+/uptime"),
    ("$SYS/uptime", "$SYS/#"),
    ("box/state", "+/state"),
):
    seen.append((Topic(topic).matches(wildcard), topic_matches_sub(wildcard, topic)))
    print(f"{topic} with {wildcard}: aiomqtt {seen[-1][0]}, paho-mqtt {seen[-1][1]}")
if seen != [(True, False), (True, False), (True, True), (True, True)]:
    sys.exit("changed: aiomqtt was expected to match them all, paho-mqtt only the last two")
PY
