#!/usr/bin/env bash
# Kamailio leaves an m= line without a format when it keeps none of a section's codecs
#
# Software: kamailio 5.6.3-2 (Debian 12), its module sdpops
# Guess:    sdp_keep_codecs_by_name("PCMU") of an offer of sound and a camera keeps PCMU "from all media streams": of the
#           camera nothing is left, so its section is refused with port 0, or left as it is. An m= line has one format at
#           least (RFC 8866, section 9: 1*(SP fmt)), and none may be taken out, as sections are known by their number.
# Seen:     The camera's m= line keeps its port and has no format: the next one in the call gets what isn't SDP, and may
#           refuse all of it. sdp_keep_codecs_by_name("PCMU", "audio") leaves the camera alone.
# Output:   of all: m=audio 4000 RTP/AVP 0 | m=video 4002 RTP/AVP
#           of "audio": m=audio 4000 RTP/AVP 0 | m=video 4002 RTP/AVP 97
# Callbox:  speaks no SIP, and offers sound only.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root kamailio=5.6.3-2
dpkg-deb -x kamailio_*.deb root
cat > run.py <<'PY'
import base64
import os
import socket
import subprocess
import sys
import time


def answered(route, modules, body=""):
    """The X- headers of Kamailio's answer to a request, by name."""
    folder = subprocess.check_output(["sh", "-c", "echo $PWD/root/usr/lib/*/kamailio/modules/"], text=True).strip()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    lines = [f"listen=udp:127.0.0.1:{address[1]}", "children=1", "disable_tcp=yes", "auto_aliases=no", "dns=no"]
    lines += [f'mpath="{folder}"', *(f'loadmodule "{name}.so"' for name in ("sl", "pv", "textops", *modules))]
    lines += ["request_route {", route, 'sl_send_reply("200", "OK");', "}"]
    with open("kamailio.cfg", "w") as file:
        print(*lines, sep="\n", file=file)
    kind = "Content-Type: application/sdp\r\n" if body else ""
    request = (
        "INVITE sip:bot@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\n"
        "From: <sip:box@example.com>;tag=1\r\nTo: <sip:bot@example.com>\r\nCall-ID: 1@box\r\nCSeq: 1 INVITE\r\n"
        f"Max-Forwards: 70\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
    )
    command = ["root/usr/sbin/kamailio", "-f", "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "4", "-Y", "."]
    with open("log", "w") as log, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "TZ": "UTC"})
        client.settimeout(0.5)
        try:
            for _ in range(60):
                try:
                    client.sendto(request.encode(), address)
                    answer = client.recv(65535).decode()
                    break
                except (TimeoutError, ConnectionRefusedError):
                    time.sleep(0.2)
        finally:
            process.terminate()
            process.wait(30)
    return dict(line.split(": ", 1) for line in answer.split("\r\n") if line.startswith("X-"))


SESSION = ["v=0", "o=- 7 8 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"]
MEDIA = ["m=audio 4000 RTP/AVP 0 8", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000"]
VIDEO = ["m=video 4002 RTP/AVP 97", "a=rtpmap:97 H264/90000"]
REST = """
    msg_apply_changes();
    $var(body) = $rb;
    append_to_reply("X-Body: $(var(body){s.encode.base64})\\r\\n");
"""
seen = []
for name, words in {"of all": '"PCMU"', 'of "audio"': '"PCMU", "audio"'}.items():
    route = f"sdp_keep_codecs_by_name({words});{REST}"
    found = answered(route, ["textopsx", "sdpops"], "\r\n".join([*SESSION, *MEDIA, *VIDEO, ""]))
    lines = base64.b64decode(found["X-Body"]).decode().split("\r\n")
    seen.append(" | ".join(line for line in lines if line.startswith("m=")))
    print(f"{name}: {seen[-1]}")
if seen[0] != "m=audio 4000 RTP/AVP 0 | m=video 4002 RTP/AVP":
    sys.exit("changed: an m= line without a format was expected")
PY
python3 run.py
