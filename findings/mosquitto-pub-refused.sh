#!/usr/bin/env bash
# mosquitto_pub ends with 0 when the broker has refused the message
#
# Software: mosquitto_pub 2.0.11-1.2+deb12u2 (Debian 12), MQTT 5
# Guess:    A script that publishes with QoS 1 and MQTT 5 sees by the exit code whether the broker has taken the message:
#           PUBACK says so, by a reason code (MQTT 5, section 3.4.2.1).
# Seen:     A refusal for want of rights is a warning on the standard error, and the exit code 0, as of a message that
#           was taken; -d or not. `mosquitto_pub … && echo done` says done.
# Output:   allowed/x: exit code 0, ""
#           denied/x: exit code 0, "Warning: Publish 1 failed: Not authorized."
# Callbox:  its doctor waits for what it has published to come back: MQTT-NO-PUBLISH in docs/doctor.md.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root mosquitto=2.0.11-1.2+deb12u2 \
  mosquitto-clients=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo 'topic readwrite allowed/#' > "$tmp/acl"
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "acl_file $tmp/acl" "user root" > "$tmp/conf"
chmod 700 "$tmp/acl"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
"$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
seen=
for topic in allowed/x denied/x; do
  code=0
  "$tmp/root/usr/bin/mosquitto_pub" -p "$port" -V mqttv5 -q 1 -t "$topic" -m 1 2> "$tmp/error" || code=$?
  echo "$topic: exit code $code, \"$(cat "$tmp/error")\""
  seen="$seen$code $(wc -l < "$tmp/error"); "
done
if [ "$seen" != "0 0; 0 1; " ]; then
  echo "changed: the exit code 0 was expected of both, and a warning of the second" >&2
  exit 1
fi
