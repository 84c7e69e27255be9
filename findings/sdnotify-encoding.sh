#!/usr/bin/env bash
# sdnotify sends its status in Latin-1, and drops READY=1 beside a dash
#
# Software: sdnotify 0.3.2
# Guess:    What sdnotify sends is UTF-8, which systemd requires (sd_notify(3): the status is a UTF-8 string), whatever
#           letters the name of a room has.
# Seen:     It is Latin-1, which systemd drops as no valid UTF-8. What has a letter beyond Latin-1, as an en dash or
#           the euro sign, isn't sent at all, READY=1 in the same call included, and the error is swallowed: systemd
#           ends the service when its start times out.
# Output:   'READY=1\nSTATUS=kitchen': b'READY=1\nSTATUS=kitchen'
#           'READY=1\nSTATUS=Küche': b'READY=1\nSTATUS=K\xfcche'
#           'READY=1\nSTATUS=kitchen – idle': None
# Callbox:  sends UTF-8 by itself (callbox/system/systemd.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sdnotify==0.3.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import os
import socket
import sys
import tempfile

import sdnotify

folder = tempfile.TemporaryDirectory()
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(f"{folder.name}/notify")
manager.settimeout(2)
os.environ["NOTIFY_SOCKET"] = f"{folder.name}/notify"
notifier, seen = sdnotify.SystemdNotifier(), []
for text in ("READY=1\nSTATUS=kitchen", "READY=1\nSTATUS=K\u00fcche", "READY=1\nSTATUS=kitchen \u2013 idle"):
    notifier.notify(text)
    try:
        seen.append(manager.recv(1000))
    except TimeoutError:
        seen.append(None)
    print(f"{text!r}: {seen[-1]}")
if seen != [b"READY=1\nSTATUS=kitchen", b"READY=1\nSTATUS=K\xfcche", None]:
    sys.exit("changed: Latin-1 was expected, and nothing for the dash")
PY
