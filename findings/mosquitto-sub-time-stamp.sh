#!/usr/bin/env bash
# mosquitto_sub's JSON has time stamps with two time zones, which no parser takes
#
# Software: mosquitto_sub 2.0.11-1.2+deb12u2 (Debian 12), Python 3.11
# Guess:    "tst" of the output format %j is a time of ISO 8601: the manual says so of %I, and it is a field that
#           programs read, as a log of a box's presses.
# Seen:     It ends in Z, which is UTC, and in the offset besides: 2026-11-29T12:29:35.152352Z+0100. What is before them
#           is local time, so who cuts off the offset, as Z is enough, is wrong by an hour. datetime.fromisoformat()
#           raises ValueError.
# Output:   with TZ=UTC: tst ends in Z+0000: ValueError; without the offset it is 0 h from now
#           with TZ=CET-1: tst ends in Z+0100: ValueError; without the offset it is 1 h from now
# Callbox:  its reports have times of their own (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root mosquitto=2.0.11-1.2+deb12u2 \
  mosquitto-clients=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
"$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
"$tmp/root/usr/bin/mosquitto_pub" -p "$port" -t box/press -m short -r
for zone in UTC CET-1; do
  TZ=$zone "$tmp/root/usr/bin/mosquitto_sub" -p "$port" -t box/press -C 1 -W 10 -F "$zone %j"
done > "$tmp/lines"
python3 - "$tmp/lines" <<'PY'
import datetime
import json
import sys

seen = {}
for line in open(sys.argv[1]):
    zone, text = line.split(" ", 1)
    stamp = json.loads(text)["tst"]
    try:
        datetime.datetime.fromisoformat(stamp)
        result = "taken"
    except ValueError:
        result = "ValueError"
    apart = datetime.datetime.fromisoformat(stamp[:-5]) - datetime.datetime.now(datetime.UTC)
    seen[zone] = stamp[-6:], result, round(apart.total_seconds() / 3600)
    print(f"with TZ={zone}: tst ends in {seen[zone][0]}: {result}; without the offset it is {seen[zone][2]} h from now")
if seen != {"UTC": ("Z+0000", "ValueError", 0), "CET-1": ("Z+0100", "ValueError", 1)}:
    sys.exit("changed: local time, Z and the offset were expected")
PY
