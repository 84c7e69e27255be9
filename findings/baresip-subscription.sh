#!/usr/bin/env bash
# baresip allows SUBSCRIBE, and answers none
#
# Software: baresip-core 1.0.0-4+b3, libre0 1.1.0-1+b2, librem0 0.6.0-4 (Debian 12)
# Guess:    It tells in the Allow header of its answer to OPTIONS what it takes (RFC 3261, section 20.5), and answers each
#           request, one that it doesn't take with 405 or 501, an event that it doesn't know with 489 (RFC 6665, section
#           4.2.1.3).
# Seen:     SUBSCRIBE is in the list, but there is no answer of any kind to one, while a method that doesn't exist gets 501:
#           a telephone exchange sends it again for half a minute and then takes the box for absent.
# Output:   OPTIONS: 200, Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,NOTIFY,SUBSCRIBE,INFO,MESSAGE,REFER
#           SUBSCRIBE, Event: presence: nothing for 5 s
#           SUBSCRIBE, Event: dialog: nothing for 5 s
#           NOSUCH: 501
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root baresip-core=1.0.0-4+b3 libre0=1.1.0-1+b2 librem0=0.6.0-4
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH HOME=$tmp
python3 - <<'PY'
import re
import socket
import subprocess
import sys
import time
from pathlib import Path


def request(method, name, own, port, body="", extra=()):
    lines = [f"{method} sip:box@127.0.0.1:{port} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{name}"]
    lines += ["From: <sip:peer@127.0.0.1>;tag=1", "To: <sip:box@127.0.0.1>", f"Call-ID: {name}", f"CSeq: 1 {method}"]
    lines += ["Max-Forwards: 70", f"Contact: <sip:peer@127.0.0.1:{own}>", *extra]
    lines += ["Content-Type: application/sdp"] * bool(body) + [f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
Path("config").write_text(
    f"sip_listen 127.0.0.1:{port}\nmodule_path root/usr/lib/baresip/modules\n"
    "module g711.so\nmodule_app account.so\nmodule_app menu.so\n"
)
Path("accounts").write_text("<sip:box@127.0.0.1>;regint=0\n")
REQUESTS = [("OPTIONS", ""), ("SUBSCRIBE", "presence"), ("SUBSCRIBE", "dialog"), ("NOSUCH", "")]
seen = []
with open("log", "w") as log, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
    peer.bind(("127.0.0.1", 0))
    peer.settimeout(5)
    process = subprocess.Popen(["baresip", "-f", "."], stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        time.sleep(2)
        for number, (method, event) in enumerate(REQUESTS):
            extra = [f"Event: {event}", "Expires: 600"] if event else []
            peer.sendto(request(method, f"call{number}", peer.getsockname()[1], port, extra=extra), ("127.0.0.1", port))
            try:
                answer = peer.recv(65535).decode()
                allow = re.search(r"^(Allow: .*)\r$", answer, re.MULTILINE) if method == "OPTIONS" else None
                seen.append(answer.split()[1])
                text = seen[-1] + (f", {allow[1]}" if allow else "")
            except TimeoutError:
                seen.append("-")
                text = "nothing for 5 s"
            print(method + (f", Event: {event}" if event else "") + f": {text}")
    finally:
        process.kill()
        process.wait(30)
if seen != ["200", "-", "-", "501"]:
    sys.exit("changed: 200, nothing twice and 501 were expected")
PY
