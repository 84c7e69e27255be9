#!/usr/bin/env bash
# systemd's timer of every five minutes pauses for an hour in the night of the hour back
#
# Software: systemd 252.39-1~deb12u2 (Debian 12)
# Guess:    *:0/5 is each fifth minute of each hour (systemd.time(7)), so in Berlin it elapses every five minutes also
#           on 25 October 2026, when the hour from 2 to 3 comes twice; minutely does so every minute.
# Seen:     Both go from the end of the first of these hours to 3:00: *:0/5 elapses 65 minutes after 2:55, and minutely
#           61 minutes after 2:59. Asked within the second hour, they leave out nothing of it.
# Output:   *:0/5 after 00:48 UTC: 00:50 00:55 02:00 02:05
#           *:0/5 after 01:48 UTC: 01:50 01:55 02:00 02:05
#           minutely after 00:58 UTC: 00:59 02:00 02:01 02:02
# Callbox:  has no timer of systemd's; its alarms ring at the first 2:30 (docs/alarms.md).
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

seen = []
for expression, after in (("*:0/5", "00:48"), ("*:0/5", "01:48"), ("minutely", "00:58")):
    words = [sys.argv[1], "calendar", f"--base-time=2026-10-25 {after} UTC", "--iterations=4", expression]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    seen.append(" ".join(re.findall(r"2026-10-25 (\d\d:\d\d):00 UTC", run.stdout)))
    print(f"{expression} after {after} UTC: {seen[-1]}")
if seen != ["00:50 00:55 02:00 02:05", "01:50 01:55 02:00 02:05", "00:59 02:00 02:01 02:02"]:
    sys.exit("changed: an hour without a time was expected")
PY
