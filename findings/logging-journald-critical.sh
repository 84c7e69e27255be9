#!/usr/bin/env bash
# logging-journald makes an emergency of logging.critical(), and no entry of a level of the program's own
#
# Software: logging-journald 0.6.12 (PyPI), Python 3.11
# Guess:    CRITICAL is priority 2, as in its table: "critical conditions" (syslog(3)); 0 is for a system that can't be
#           used, and journald writes it to all terminals (ForwardToWall, on by default). A level between two of
#           Python's, as logging.log() takes it, is an entry too.
# Seen:     The table has an entry for logging.FATAL, which is CRITICAL, so 0 takes the place of 2. For a level that
#           isn't in the table the message isn't sent; one line on stderr says that it couldn't be. Each line of a
#           traceback is followed by an empty one.
# Output:   ERROR: priority 3
#           CRITICAL: priority 0
#           Level 25: not sent
#           lines of a traceback: 5, empty ones: 2
# Callbox:  writes lines with their priority to stderr (firmware/callbox/system/journal.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check logging-journald==0.6.12
"$tmp/venv/bin/python" - "$tmp" 2> "$tmp/stderr" <<'PY' || { cat "$tmp/stderr" >&2; exit 1; }
import logging
import re
import socket
import sys

from logging_journald import JournaldLogHandler

path = f"{sys.argv[1]}/socket"
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
    journal.bind(path)
    journal.setblocking(False)
    log = logging.getLogger("box")
    log.addHandler(JournaldLogHandler(socket_path=path))

    def sent(level, **arguments):
        log.log(level, "no microphone", **arguments)
        try:
            return journal.recv(65536)
        except BlockingIOError:
            return None

    log.setLevel(logging.DEBUG)
    seen = []
    for level in (logging.ERROR, logging.CRITICAL, 25):
        entry = sent(level)
        seen.append("not sent" if entry is None else "priority " + re.search(rb"\nPRIORITY=(\d+)\n", entry)[1].decode())
        print(f"{logging.getLevelName(level)}: {seen[-1]}")
    try:
        raise OSError("no microphone")
    except OSError:
        entry = sent(logging.ERROR, exc_info=True)
    length = int.from_bytes(entry.partition(b"\nTRACEBACK\n")[2][:8], "little")
    lines = entry.partition(b"\nTRACEBACK\n")[2][8 : 8 + length].decode().splitlines()
    empty = lines.count("")
    print(f"lines of a traceback: {len(lines)}, empty ones: {empty}")
if seen != ["priority 3", "priority 0", "not sent"] or not empty:
    sys.exit("changed: priority 0, no entry and empty lines were expected")
PY
