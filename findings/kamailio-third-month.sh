#!/usr/bin/env bash
# Kamailio takes month 3 for April, and the example of its documentation never matches
#
# Software: kamailio 5.6.3-2 (Debian 12), its module tmrec
# Guess:    tmrec_match() counts months from 1 to 12 and days of the year from 1 to 366, as its README says: bymonth 3 is
#           March, byyearday 1 is 1 January. The README's example, each Sunday of March in each fourth year from 2010,
#           has the five Sundays of March 2026.
# Seen:     Both are counted from 0: 3 is April, 12 is January, day 1 is 2 January; from the end it is right (-1 is 31
#           December). The example has no day, nor has it with 2 for March: in a yearly rule SU without a number is none.
# Output:   bymonth 3: 30 days, 2026-04-01 to 2026-04-30
#           bymonth 12: 31 days, 2026-01-01 to 2026-01-31
#           byyearday 1: 1 days, 2026-01-02 to 2026-01-02
#           byyearday -1: 1 days, 2026-12-31 to 2026-12-31
#           the README's example: 0 days
# Callbox:  has alarms by weekday only, and reckons them itself (docs/alarms.md).
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
from datetime import UTC, datetime, timedelta


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


def days(rule, hour=9):
    """The days of 2026 that match at that hour."""
    times = [datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(number) for number in range(365)]
    route = "".join(
        f'if (tmrec_match("{rule}", "{time.timestamp():.0f}")) append_to_reply("X-{number}: yes\\r\\n");\n'
        for number, time in enumerate(times)
    )
    return [times[int(name[2:])] for name in answered(route, ["tmrec"])]



RULES = {
    "bymonth 3": "20250101T080000|PT8H|daily|||||||3",
    "bymonth 12": "20250101T080000|PT8H|daily|||||||12",
    "byyearday 1": "20250101T080000|PT8H|yearly|||||1",
    "byyearday -1": "20250101T080000|PT8H|yearly|||||-1",
    "the README's example": "20100101T093000|PT10H30M|yearly||4|SU||||3",
}
seen = []
for name, rule in RULES.items():
    matched = days(rule, hour=12)
    seen.append((len(matched), matched[0].timetuple()[1:3] if matched else None))
    print(f"{name}: {len(matched)} days" + (f", {matched[0]:%F} to {matched[-1]:%F}" if matched else ""))
if seen != [(30, (4, 1)), (31, (1, 1)), (1, (1, 2)), (1, (12, 31)), (0, None)]:
    sys.exit("changed: April, January, 2 January, 31 December and nothing were expected")
PY
python3 run.py
