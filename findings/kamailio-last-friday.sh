#!/usr/bin/env bash
# Kamailio takes a month's last Friday for the last but one, and has no fourth Friday in a month with four
#
# Software: kamailio 5.6.3-2 (Debian 12), its module tmrec
# Guess:    tmrec_match() knows -1FR of a monthly rule as the last Friday of the month, 4FR as the fourth, 5FR as the fifth
#           of those months that have one, and FR as each, as its README says of MO (RFC 2445, section 4.3.10).
# Seen:     -1FR is seven days early in each month. 4FR has but the fourth Friday of months with five, 5FR the first one of
#           months with four, and FR none at all. 1FR is right, and so is FR of a weekly rule.
# Output:   1FR: 01-02 02-06 03-06 04-03 05-01 06-05 07-03 08-07 09-04 10-02 11-06 12-04
#           -1FR: 01-23 02-20 03-20 04-17 05-22 06-19 07-24 08-21 09-18 10-23 11-20 12-18
#           4FR: 01-23 05-22 07-24 10-23
#           5FR: 02-06 03-06 04-03 06-05 08-07 09-04 11-06 12-04
#           FR: none
#           months of 2026 with five Fridays: 01 05 07 10
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



fridays = [datetime(2026, 1, 2, 9, tzinfo=UTC) + timedelta(7 * number) for number in range(52)]
last = [day for day in fridays if (day + timedelta(7)).month != day.month]
five = [day.month for day in last if day.day > 28]
seen = {}
for name in ("1FR", "-1FR", "4FR", "5FR", "FR"):
    seen[name] = days(f"20250101T080000|PT8H|monthly|||{name}")
    print(f"{name}:", *([f"{day:%m-%d}" for day in seen[name]] or ["none"]))
print("months of 2026 with five Fridays:", *(f"{month:02}" for month in five))
fourth = [day for day in fridays if 21 < day.day < 29 and day.month in five]
first = [day for day in fridays if day.day < 8 and day.month not in five]
if [*seen.values()][1:] != [[day - timedelta(7) for day in last], fourth, first, []]:
    sys.exit("changed: the last Friday but one was expected, and the fourth one in months with five only")
PY
python3 run.py
