#!/usr/bin/env bash
# sd-notify doesn't find a socket whose name begins with @, and tells a watchdog where there is none
#
# Software: sd-notify 0.1.0 (PyPI), Python 3.11
# Guess:    NOTIFY_SOCKET is a path, or begins with @ for an abstract socket (sd_notify(3)), so ready() arrives at both.
#           enabled() tells whether the watchdog is enabled (its docstring): WATCHDOG_USEC is set, and WATCHDOG_PID is
#           this process if it is set (sd_watchdog_enabled(3)).
# Seen:     @ is taken for the first character of a file's name: FileNotFoundError. enabled() tells whether there is a
#           NOTIFY_SOCKET, so each service of Type=notify seems to have a watchdog. Nothing tells how often it is to be
#           fed.
# Output:   path: READY=1
#           @name: FileNotFoundError
#           enabled() without WATCHDOG_USEC: True
# Callbox:  speaks the protocol itself, also to an abstract socket (firmware/callbox/system/systemd.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sd-notify==0.1.0
"$tmp/venv/bin/python" - "$tmp" <<'PY'
import os
import socket
import sys

import sd_notify

os.environ.pop("WATCHDOG_USEC", None)
seen = []
for label, name in (("path", f"{sys.argv[1]}/notify"), ("@name", f"@callbox-{os.getpid()}")):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0"))
        manager.setblocking(False)
        notifier = sd_notify.Notifier(addr=name)
        try:
            notifier.ready()
            seen.append(manager.recv(100).decode().strip())
        except OSError as error:
            seen.append(type(error).__name__)
    print(f"{label}: {seen[-1]}")
seen.append(notifier.enabled())
print("enabled() without WATCHDOG_USEC:", seen[-1])
if seen != ["READY=1", "FileNotFoundError", True]:
    sys.exit("changed: an error and a watchdog were expected")
PY
