#!/usr/bin/env bash
# Janus answers a=group:BUNDLE (null) to an offer without a=mid
#
# Software: janus 1.1.2-1 (Debian 12), its echo test
# Guess:    An answer has a BUNDLE group only if the offer had one (RFC 9143, section 7.3), with the identifiers of its
#           sections, and a=rtcp-mux only if the offer had it (RFC 5761, section 5.1.1).
# Seen:     Each answer has both. Without a=mid in the offer the group's identifier is "(null)", which no section has: a
#           peer that looks for it refuses the answer.
# Output:   group, mid and rtcp-mux offered: a=group:BUNDLE 0, a=mid:0, a=rtcp-mux
#           mid alone: a=group:BUNDLE 0, a=mid:0, a=rtcp-mux
#           none of them: a=group:BUNDLE (null), a=rtcp-mux
# Callbox:  offers all three.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root janus=1.1.2-1 libconfig9 libjansson4 libmicrohttpd12 \
  libnice10 libsrtp2-1 libusrsctp2 libgupnp-igd-1.0-4 libgupnp-1.6-0 libgssdp-1.6-0 libsoup-3.0-0 libcurl4)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
lib=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
mkdir "$tmp"/{plugins,transports,none}
cp "$lib"/janus/plugins/libjanus_echotest.so "$tmp/plugins"
cp "$lib"/janus/transports/libjanus_http.so "$tmp/transports"
cat > "$tmp/janus.jcfg" <<CONF
general: {
  configs_folder = "$tmp"
  plugins_folder = "$tmp/plugins"
  transports_folder = "$tmp/transports"
  events_folder = "$tmp/none"
  loggers_folder = "$tmp/none"
}
CONF
echo "general: { http = true port = $port ip = \"127.0.0.1\" }" > "$tmp/janus.transport.http.jcfg"
: > "$tmp/janus.plugin.echotest.jcfg"
LD_LIBRARY_PATH=$lib "$tmp/root/usr/bin/janus" -C "$tmp/janus.jcfg" -F "$tmp" > "$tmp/log" 2>&1 &
python3 - "$port" <<'PY'
import json
import sys
import time
import urllib.request

SERVER = f"http://127.0.0.1:{sys.argv[1]}/janus"
SESSION = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
TRANSPORT = (
    "c=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\n"
)


def request(path, message=None):
    """Janus's answer to a message, or the next event of a session."""
    data = message and json.dumps(message | {"transaction": "1"}).encode()
    with urllib.request.urlopen(f"{SERVER}{path}", data, timeout=40) as response:
        return json.load(response)


def created():
    for _ in range(100):
        try:
            return request("", {"janus": "create"})["data"]["id"]
        except OSError:
            time.sleep(0.1)
    sys.exit("janus doesn't listen")


def answered(offer):
    """The lines of the echo test's answer, or the reason why there is none."""
    session = f"/{created()}"
    handle = request(session, {"janus": "attach", "plugin": "janus.plugin.echotest"})["data"]["id"]
    message = {"janus": "message", "body": {"audio": True}, "jsep": {"type": "offer", "sdp": offer}}
    event = request(f"{session}/{handle}", message)
    while event["janus"] not in ("error", "event"):
        event = request(session)
    return [event["error"]["reason"]] if event["janus"] == "error" else event["jsep"]["sdp"].split("\r\n")


AUDIO = f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{TRANSPORT}a=rtpmap:111 opus/48000/2\r\n"
GROUP, MID, MUX = "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "a=rtcp-mux\r\n"
seen = []
for name, offer in (
    ("group, mid and rtcp-mux offered", f"{SESSION}{GROUP}{AUDIO}{MID}{MUX}"),
    ("mid alone", f"{SESSION}{AUDIO}{MID}"),
    ("none of them", f"{SESSION}{AUDIO}"),
):
    found = [line for line in answered(offer) if line.startswith(("a=group", "a=mid", "a=rtcp-mux"))]
    seen.append(", ".join(found))
    print(f"{name}: {seen[-1]}")
if seen[1] != "a=group:BUNDLE 0, a=mid:0, a=rtcp-mux" or seen[2] != "a=group:BUNDLE (null), a=rtcp-mux":
    sys.exit("changed: a group and rtcp-mux were expected in each answer, of (null) in the last one")
PY
