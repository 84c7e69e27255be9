#!/usr/bin/env bash
# systemd's calendar and timestamp disagree about a time in both nights when the clock changes
#
# Software: systemd 252.39-1~deb12u2 (Debian 12)
# Guess:    systemd.time(7) has one syntax for a date with a time, which systemd-analyze timestamp and calendar both
#           take: 2:30 in Berlin is one moment for both, also on 28 March 2027, where it is left out (3:30, as RFC 5545,
#           3.3.5, has it), and on 31 October, where it comes twice.
# Seen:     In March timestamp says 3:30 and calendar says never: a timer for that moment never starts. In October
#           timestamp takes the second 2:30 and calendar the first, an hour earlier.
# Output:   2027-03-27 02:30: timestamp 02:30 CET, calendar 02:30 CET
#           2027-03-28 02:30: timestamp 03:30 CEST, calendar never
#           2027-10-31 02:30: timestamp 02:30 CET, calendar 02:30 CEST
# Callbox:  has alarms of its own, at 3:30 and at the first 2:30 (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
version=252.39-1~deb12u2
apt-get download -qq -o APT::Sandbox::User=root "systemd=$version" "libsystemd-shared=$version" \
  "libsystemd0=$version" libseccomp2 libpam0g libaudit1 libkmod2 libapparmor1 libmount1 libblkid1 libcap2 libcap-ng0 \
  libip4tc2 libzstd1 liblz4-1
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=(root/usr/lib/*-linux-gnu)
export TZ=Europe/Berlin LC_ALL=C.UTF-8 SYSTEMD_COLORS=0
export LD_LIBRARY_PATH="$tmp/${libraries[0]}/systemd:$tmp/${libraries[0]}:$tmp/${libraries[0]#root/usr/}"
python3 - "$tmp/root/usr/bin/systemd-analyze" <<'PY'
import re
import subprocess
import sys

TIMES = ("2027-03-27 02:30", "2027-03-28 02:30", "2027-10-31 02:30")


def asked(*words, label):
    run = subprocess.run([sys.argv[1], *words], capture_output=True, text=True, check=True)
    answer = re.search(rf"{label}: (.*)", run.stdout)[1]
    found = re.search(r"(\d\d:\d\d):00 (\w+)", answer)
    return " ".join(found.groups()) if found else answer


seen = []
for time in TIMES:
    stamp = asked("timestamp", time, label="Normalized form")
    calendar = asked("calendar", "--base-time=2027-01-01", time, label="Next elapse")
    print(f"{time}: timestamp {stamp}, calendar {calendar}")
    seen.append((stamp, calendar))
if seen != [("02:30 CET", "02:30 CET"), ("03:30 CEST", "never"), ("02:30 CET", "02:30 CEST")]:
    sys.exit("changed: two answers were expected in both nights")
PY
