#!/usr/bin/env bash
# Call Attendant takes a caller named SPRINGER for a ring, and MARITIME BANK for the time
#
# Software: callattendant 2.4.0 (PyPI), a call blocker with a modem; pyserial 3.5
# Guess:    A caller is queued with the name that the modem tells, whatever letters it has, and with the rings that were
#           heard: RING stands on a line of its own, and the other lines begin with their field and "=".
# Seen:     A line is sorted by what it has anywhere, in the order RING, DATE, TIME, NAME, NMBR. So such a name counts
#           as a ring, or is tried as date or time. The caller is "Unknown", also to the patterns of names to block.
# Output:   SMITH JOHN: SMITH JOHN, 1 ring
#           SPRINGER ANN: Unknown, 2 rings
#           HARRINGTON P: Unknown, 2 rings
#           MARITIME BANK: Unknown, 2 rings
#           without validation: Unknown, 2 rings at MARITIME BANK
#           UPDATE LTD: Unknown, 2 rings
#           without validation: Unknown, 2 rings on UPDATE LTD
# Callbox:  is no analog telephone; its ring tells which bot rings (docs/rings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps callattendant==2.4.0 pyserial==3.5
"$tmp/venv/bin/python" - "$tmp"/venv/lib/python3*/site-packages/callattendant <<'PY'
import contextlib
import io
import sys

sys.path.append(sys.argv[1])  # As callattendant's __main__ does.

from hardware.modem import Modem  # noqa: E402

CONFIG = {"STATUS_INDICATORS": "NULL", "MODEM_DEVICE": "none", "DEBUG": False, "TESTING": False}
FIELDS = ("DATE = 0601", "TIME = 0907", "NMBR = 5551234567")
NAMES = ("SMITH JOHN", "SPRINGER ANN", "HARRINGTON P", "MARITIME BANK", "UPDATE LTD")
TOLD = "SMITH JOHN, 1 ring"
UNKNOWN = "Unknown, 2 rings"
SEEN = {
    "SMITH JOHN": (TOLD, TOLD),
    "SPRINGER ANN": (UNKNOWN, UNKNOWN),
    "HARRINGTON P": (UNKNOWN, UNKNOWN),
    "MARITIME BANK": (UNKNOWN, f"{UNKNOWN} at MARITIME BANK"),
    "UPDATE LTD": (UNKNOWN, f"{UNKNOWN} on UPDATE LTD"),
}


class Lines:
    """A serial port with the lines of a modem on which a caller rings."""

    timeout = 3

    def __init__(self, modem, name):
        self.modem = modem
        self.lines = iter(["RING", *FIELDS, f"NAME = {name}", "RING", "RING"])

    def readline(self):
        line = next(self.lines, "")
        self.modem._stop_flag = not line
        return f"{line}\r\n".encode()


def queued(name, validation):
    """The caller that is queued, and after how many rings."""
    calls = []
    with contextlib.redirect_stdout(io.StringIO()):
        modem = Modem({**CONFIG, "ENABLE_CALLERID_VALIDATION": validation})
        modem._serial = Lines(modem, name)
        modem._call_handler(lambda call: calls.append(dict(call)))
        modem._serial.is_open = False
    [call] = calls
    text = f"{call['NAME']}, {call['RINGS']} ring" + ("s" if call["RINGS"] > 1 else "")
    if not call["DATE"].isdecimal():
        text += f" on {call['DATE']}"
    if not call["TIME"].isdecimal():
        text += f" at {call['TIME']}"
    return text


seen = {}
for name in NAMES:
    seen[name] = queued(name, True), queued(name, False)
    print(f"{name}: {seen[name][0]}")
    if seen[name][1] != seen[name][0]:
        print(f"without validation: {seen[name][1]}")
if seen != SEEN:
    sys.exit(f"changed: {seen}")
PY
