#!/usr/bin/env bash
# paho-mqtt's loop_stop() may raise AttributeError after disconnect()
#
# Software: paho-mqtt 2.1.0 and 2.2.0, Mosquitto 2.0.11-1.2+deb12u2 (Debian 12)
# Guess:    disconnect() and then loop_stop(), as the documentation has it, waits for the network thread, whether or not it
#           has ended by itself meanwhile.
# Seen:     The thread ends by disconnect() and takes itself out of the client. loop_stop() looks whether there is a
#           thread and later joins the client's: if the thread ends in between, it joins None and raises. Seen on a busy
#           machine; here a trace function holds loop_stop() up at that place.
# Output:   2.1.0: AttributeError: 'NoneType' object has no attribute 'join'
#           2.2.0: AttributeError: 'NoneType' object has no attribute 'join'
# Callbox:  its client takes the error for what it says: there is no thread (callbox.mqtt.bounded_client).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
for version in 2.1.0 2.2.0; do
  python3 -m venv "$tmp/$version"
  "$tmp/$version/bin/pip" install -q --disable-pip-version-check paho-mqtt==$version
done
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user root" > "$tmp/conf"
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/root/usr/sbin/mosquitto" -c "$tmp/conf" 2> "$tmp/log" &
sleep 1
for version in 2.1.0 2.2.0; do
  "$tmp/$version/bin/python" - "$port" $version <<'PY'
import sys
import threading

import paho.mqtt.client as mqtt

connected, stopping = threading.Event(), threading.Event()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.on_connect = lambda *_: connected.set()
client.on_disconnect = lambda *_: stopping.wait(10)  # the thread is still there when loop_stop() looks for it
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
connected.wait(10)
client.disconnect()


def trace(frame, event, _):
    if frame.f_code.co_name != "loop_stop":
        return None
    if event == "line" and client._thread_terminate:  # it has looked
        stopping.set()
        for thread in threading.enumerate():
            if thread is not threading.main_thread():
                thread.join(10)
    return trace


sys.settrace(trace)
try:
    client.loop_stop()
    seen = "no error"
except AttributeError as error:
    seen = f"AttributeError: {error}"
sys.settrace(None)
print(f"{sys.argv[2]}: {seen}")
if "join" not in seen:
    sys.exit("changed: an AttributeError was expected")
PY
done
