#!/usr/bin/env bash
# Janus takes up a rejected audio section when another one follows, and refuses an offer with a section of text
#
# Software: janus 1.1.2-1 (Debian 12), its echo test
# Guess:    A section with port 0 is answered with port 0, and one of a kind that the answerer doesn't know too: the
#           rest of the call goes on (RFC 3264, section 6).
# Seen:     Where the first of two sections has port 0, both are answered with a port; where it is the second one, the
#           answer is right. With m=text, as a telephone for the deaf offers beside audio (RFC 4103), the whole offer is
#           an error.
# Output:   audio, audio with port 0: m=audio 9, m=audio 0
#           audio with port 0, audio: m=audio 9, m=audio 9
#           audio, text: Invalid m= line: m=text 9 UDP/TLS/RTP/SAVPF 98
# Callbox:  offers audio and a data channel.
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


OPUS = f"UDP/TLS/RTP/SAVPF 111\r\n{TRANSPORT}a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
TEXT = f"m=text 9 UDP/TLS/RTP/SAVPF 98\r\n{TRANSPORT}a=rtcp-mux\r\na=rtpmap:98 t140/1000\r\n"
FIRST = f"{SESSION}a=group:BUNDLE 0\r\nm=audio 9 {OPUS}a=mid:0\r\n"
seen = []
for name, offer in (
    ("audio, audio with port 0", f"{FIRST}m=audio 0 {OPUS}a=mid:1\r\n"),
    (
        "audio with port 0, audio",
        f"{SESSION}a=group:BUNDLE 1\r\nm=audio 0 {OPUS}a=mid:0\r\nm=audio 9 {OPUS}a=mid:1\r\n",
    ),
    ("audio, text", f"{FIRST}{TEXT}a=mid:1\r\n"),
):
    lines = answered(offer)
    sections = [" ".join(line.split()[:2]) for line in lines if line.startswith("m=")]
    seen.append(", ".join(sections or lines))
    print(f"{name}: {seen[-1]}")
if seen[:2] != ["m=audio 9, m=audio 0", "m=audio 9, m=audio 9"] or "Invalid m= line" not in seen[2]:
    sys.exit("changed: a port was expected of the first rejected section, and an error of text")
PY
