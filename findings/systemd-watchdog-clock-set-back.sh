#!/usr/bin/env bash
# systemd-watchdog sends no watchdog message while a clock that was set back catches up
#
# Software: systemd-watchdog 1.0.1 (PyPI), with freezegun 1.5.5 for a clock that is set back
# Guess:    ping() sends WATCHDOG=1 once half of WATCHDOG_USEC is over since the last one, whatever is done to the clock:
#           systemd itself counts by CLOCK_MONOTONIC (systemd.service(5), WatchdogSec=).
# Seen:     The library counts by the wall clock. When a time server sets it back by an hour, ping() sends nothing for
#           that hour and half a period; systemd ends the service after WatchdogSec= (3 s here).
# Output:   sent in 10 s of a clock that goes on: 7 of WATCHDOG=1
#           sent in 10 s after the clock was set back by an hour: 0 of WATCHDOG=1
# Callbox:  sends WATCHDOG=1 in steps of the event loop's monotonic clock.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check systemd-watchdog==1.0.1 freezegun==1.5.5
cd "$tmp"
NOTIFY_SOCKET=$tmp/notify WATCHDOG_USEC=3000000 "$tmp/venv/bin/python" - <<'PY'
import datetime
import os
import socket
import sys

from freezegun import freeze_time
from systemd_watchdog import WatchDog

SECOND = datetime.timedelta(seconds=1)
systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
systemd.bind(os.environ["NOTIFY_SOCKET"])
systemd.setblocking(False)


def sent_in_10_s(clock, watchdog):
    """How many watchdog messages leave while ping() is called twice a second."""
    count = 0
    for _ in range(20):
        watchdog.ping()
        clock.tick(SECOND / 2)
        try:
            while systemd.recv(100).startswith(b"WATCHDOG=1"):
                count += 1
        except BlockingIOError:
            pass
    return count


with freeze_time("2026-11-29T08:00:00") as clock:
    watchdog = WatchDog()
    before = sent_in_10_s(clock, watchdog)
    clock.tick(-3600 * SECOND)
    after = sent_in_10_s(clock, watchdog)
print(f"sent in 10 s of a clock that goes on: {before} of WATCHDOG=1")
print(f"sent in 10 s after the clock was set back by an hour: {after} of WATCHDOG=1")
if (before >= 5, after) != (True, 0):
    sys.exit("changed: some messages were expected before the clock is set back, and none after it")
PY
