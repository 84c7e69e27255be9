#!/usr/bin/env bash
# Kamailio ends a night's service at midnight, and a weekend of two days after the first one
#
# Software: kamailio 5.6.3-2 (Debian 12), its module tmrec
# Guess:    tmrec_match("20260101T220000|PT8H|daily") matches from 22:00 to 6:00, as the duration of an event goes on
#           over midnight (RFC 2445, section 4.8.2.5); the README asks only that none lasts until the next begins.
# Seen:     It compares the time of day with the start's: from midnight on nothing matches any more. So of two days from
#           Saturday on only the first one does, whereas a period that comes once matches all through its days.
# Output:   daily, 8 hours from 22:00: 21:30 no, 22:30 yes, 23:30 yes, 0:30 no, 5:30 no
#           weekly, 2 days from Saturday 0:00: Saturday 12:00 yes, Sunday 12:00 no
#           once, 2 days from Saturday 0:00: Saturday 12:00 yes, Sunday 12:00 yes
# Callbox:  has quiet hours that go on over midnight, reckoned by itself.
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
from datetime import UTC, datetime


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


RULES = {
    "daily, 8 hours from 22:00": (
        "20260101T220000|PT8H|daily",
        {"21:30": (3, 21, 30), "22:30": (3, 22, 30), "23:30": (3, 23, 30), "0:30": (4, 0, 30), "5:30": (4, 5, 30)},
    ),
    "weekly, 2 days from Saturday 0:00": (
        "20260103T000000|P2D|weekly|||SA",
        {"Saturday 12:00": (7, 12, 0), "Sunday 12:00": (8, 12, 0)},
    ),
    "once, 2 days from Saturday 0:00": (
        "20260307T000000|P2D",
        {"Saturday 12:00": (7, 12, 0), "Sunday 12:00": (8, 12, 0)},
    ),
}
route = "".join(
    f'if (tmrec_match("{rule}", "{datetime(2026, 3, *time, tzinfo=UTC).timestamp():.0f}"))\n'
    f'    append_to_reply("X-{number}-{index}: yes\\r\\n");\n'
    for number, (rule, times) in enumerate(RULES.values())
    for index, time in enumerate(times.values())
)
found, seen = answered(route, ["tmrec"]), ""
for number, (name, (_, times)) in enumerate(RULES.items()):
    said = [found.get(f"X-{number}-{index}", "no") for index in range(len(times))]
    seen += " ".join(said) + ";"
    print(f"{name}:", ", ".join(f"{time} {one}" for time, one in zip(times, said, strict=True)))
if seen != "no yes yes no no;yes no;yes yes;":
    sys.exit("changed: nothing was expected to match after midnight but what comes once")
PY
python3 run.py
