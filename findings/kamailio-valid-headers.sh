#!/usr/bin/env bash
# Kamailio answers no request that has a folded CSeq or a header with a less common name
#
# Software: kamailio 5.6.3-2 (Debian 12)
# Guess:    It answers a request that has a folded CSeq, blanks around the slashes of a Via, or an unknown header whose name
#           has each character of a token: all three are of valid messages in RFC 4475 (sections 3.1.1.1 and 3.1.1.2).
# Seen:     To the first and to the last there is no answer at all, neither 200 nor 400: "bad cseq" is in the log, and
#           "invalid header name". A folded Subject and the blanks of the Via are read.
# Output:   a plain request: 200
#           a folded Subject: 200
#           Via: SIP / 2.0 / UDP 127.0.0.1: 200
#           CSeq folded before the method: nothing
#           extensionHeader-!.%*+_`'~: foo: nothing
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root kamailio=5.6.3-2
dpkg-deb -x kamailio_*.deb root
cat > run.py <<'PY'
import os
import re
import socket
import subprocess
import sys
import time

PLAIN = (
    "OPTIONS sip:bot@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\n"
    "From: <sip:box@example.com>;tag=1\r\nTo: <sip:bot@example.com>\r\nCall-ID: 1@box\r\nCSeq: 9 OPTIONS\r\n"
    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)
REQUESTS = {
    "a plain request": PLAIN,
    "a folded Subject": PLAIN.replace("Max-", "Subject: one\r\n two\r\nMax-"),
    "Via: SIP / 2.0 / UDP 127.0.0.1": PLAIN.replace("SIP/2.0/UDP", "SIP / 2.0 / UDP"),
    "CSeq folded before the method": PLAIN.replace("CSeq: 9 OPTIONS", "CSeq: 9\r\n  OPTIONS"),
    "extensionHeader-!.%*+_`'~: foo": PLAIN.replace("Max-", "extensionHeader-!.%*+_`'~: foo\r\nMax-"),
}
folder = subprocess.check_output(["sh", "-c", "echo $PWD/root/usr/lib/*/kamailio/modules/"], text=True).strip()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    address = free.getsockname()
lines = [f"listen=udp:127.0.0.1:{address[1]}", "children=1", "disable_tcp=yes", "auto_aliases=no", "dns=no"]
lines += [f'mpath="{folder}"', 'loadmodule "sl.so"', "request_route {", 'sl_send_reply("200", "OK");', "}"]
with open("kamailio.cfg", "w") as file:
    print(*lines, sep="\n", file=file)
command = ["root/usr/sbin/kamailio", "-f", "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "4", "-Y", "."]
seen = []
with open("log", "w") as log, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    client.settimeout(0.5)
    try:
        for name, request in REQUESTS.items():
            seen.append("nothing")
            for _ in range(20 if len(seen) == 1 else 4):  # it takes a moment to start
                try:
                    client.sendto(request.encode(), address)
                    seen[-1] = re.match(r"SIP/2.0 (\d+)", client.recv(65535).decode())[1]
                    break
                except (TimeoutError, ConnectionRefusedError):
                    time.sleep(0.2)
            print(f"{name}: {seen[-1]}")
    finally:
        process.terminate()
        process.wait(30)
if seen != ["200", "200", "200", "nothing", "nothing"]:
    sys.exit("changed: an answer to the first three was expected only")

PY
python3 run.py
