#!/usr/bin/env bash
# Kamailio calls the sound of a session that is on hold as a whole active and on hold at once
#
# Software: kamailio 5.6.3-2 (Debian 12), its modules sdpops and textops
# Guess:    sdp_with_active_media("audio") says no of the direction "inactive", as its README says, and is_audio_on_hold()
#           yes. At session level a=inactive stands for each section without a direction of its own (RFC 8866, section
#           6.7).
# Seen:     sdpops knows the section's own lines only: a session on hold has active sound for it. textops knows both, but
#           takes the session's line also where the section has another one. They agree where the section alone says it.
# Output:   no direction: active
#           a=inactive in the section: on hold
#           a=inactive of the session: active, on hold
#           a=inactive of the session, a=sendrecv in the section: active, on hold
# Callbox:  speaks no SIP, and always offers a direction in the section.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root kamailio=5.6.3-2
dpkg-deb -x kamailio_*.deb root
cat > run.py <<'PY'
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
MEDIA = ["m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000"]
OFFERS = {
    "no direction": SESSION + MEDIA,
    "a=inactive in the section": [*SESSION, *MEDIA, "a=inactive"],
    "a=inactive of the session": [*SESSION, "a=inactive", *MEDIA],
    "a=inactive of the session, a=sendrecv in the section": [*SESSION, "a=inactive", *MEDIA, "a=sendrecv"],
}
ROUTE = """
    if (sdp_with_active_media("audio")) append_to_reply("X-1: active\r\n");
    if (is_audio_on_hold()) append_to_reply("X-2: on hold\r\n");
"""
seen = []
for name, lines in OFFERS.items():
    seen.append(", ".join(answered(ROUTE, ["sdpops"], "\r\n".join([*lines, ""])).values()))
    print(f"{name}: {seen[-1]}")
if seen != ["active", "on hold", "active, on hold", "active, on hold"]:
    sys.exit("changed: active and on hold were expected of the last two")
PY
python3 run.py
