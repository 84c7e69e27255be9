#!/usr/bin/env bash
# Kamailio's comparison of SIP addresses disagrees with two examples of the RFC
#
# Software: kamailio 5.6.3-2 (Debian 12), its module siputils
# Guess:    cmp_uri() "returns true if the two parameters matches as SIP URI": it says of the RFC's examples what the RFC
#           says (RFC 3261, section 19.1.4): %61lice is alice, an address with transport=udp isn't the one without.
# Seen:     Escaped letters aren't decoded, and transport=udp may be left out, though the RFC names it with user, ttl,
#           method and maddr as one that may not. The other seven examples agree.
# Output:   sip:%61lice@atlanta.com;transport=TCP, sip:alice@AtLanTa.CoM;Transport=tcp: different, equal by the RFC
#           sip:bob@biloxi.com, sip:bob@biloxi.com;transport=udp: equal, different by the RFC
#           as the RFC says: 7 of 9
# Callbox:  speaks no SIP.
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


EXAMPLES = {
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"): "equal",
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"): "equal",
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"): "equal",
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ): "equal",
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"): "different",
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"): "different",
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"): "different",
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"): "different",
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"): "different",
}
route = "".join(
    f'if (cmp_uri("{one}", "{other}")) append_to_reply("X-{number}: equal\\r\\n");\n'
    for number, (one, other) in enumerate(EXAMPLES)
)
found, wrong = answered(route, ["siputils"]), []
for number, (pair, expected) in enumerate(EXAMPLES.items()):
    said = found.get(f"X-{number}", "different")
    if said != expected:
        wrong.append(number)
        print(f"{pair[0]}, {pair[1]}: {said}, {expected} by the RFC")
print(f"as the RFC says: {len(EXAMPLES) - len(wrong)} of {len(EXAMPLES)}")
if wrong != [0, 6]:
    sys.exit("changed: the first and the seventh example were expected to disagree")
PY
python3 run.py
