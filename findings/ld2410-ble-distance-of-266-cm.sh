#!/usr/bin/env bash
# ld2410-ble never tells of a person 2.66 m away from the radar, nor of any report with a 10 in it
#
# Software: ld2410-ble 0.2.0, bleak 3.1.0, bleak-retry-connector 4.7.1 (PyPI)
# Guess:    A report of the presence radar LD2410B has distances in cm, as two octets, low one first, and an energy of 0
#           to 100 for each gate (LD2410's serial protocol). Each report that comes is told to the callbacks, whatever
#           its numbers are.
# Seen:     Reports are found by a regular expression whose . isn't told to match a newline, which is the octet 10. So a
#           person who sits still 10, 266 or 522 cm away isn't told, with an energy of 10 neither, and in engineering
#           mode, which the library switches on, no report in which any of 18 gates has 10. What was told before stays.
# Output:   distances of 0 to 600 cm that aren't told: 10 266 522
#           energies of 0 to 100 that aren't told: 10
#           energies of the last gate that aren't told: 10
# Callbox:  has no presence sensor: a button, a key or a wake word begins a conversation (docs/gestures.md,
#           docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ld2410-ble==0.2.0 bleak==3.1.0 bleak-retry-connector==4.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from types import SimpleNamespace

from ld2410_ble import LD2410BLE

STILL = 2
GATES = 9


def report(distance=200, energy=50, last_gate=20):
    """A report in engineering mode of a person who sits still."""
    body = bytes([0x01, 0xAA, STILL]) + bytes(3) + distance.to_bytes(2, "little") + bytes([energy])
    body += distance.to_bytes(2, "little") + bytes([GATES - 1, GATES - 1])
    body += bytes([20] * GATES + [20] * (GATES - 1) + [last_gate]) + bytes([0x55, 0x00])
    return b"\xf4\xf3\xf2\xf1" + len(body).to_bytes(2, "little") + body + b"\xf8\xf7\xf6\xf5"


async def main():
    def missing(numbers, name):
        """The numbers whose report isn't told."""
        told = []
        radar = LD2410BLE(SimpleNamespace(address="00:00:00:00:00:00", name="radar"))
        radar.register_callback(told.append)
        without = []
        for number in numbers:
            told.clear()
            radar._notification_handler(0, bytearray(report(**{name: number})))
            if not told:
                without.append(number)
        return without

    seen = {
        "distances of 0 to 600 cm": missing(range(601), "distance"),
        "energies of 0 to 100": missing(range(101), "energy"),
        "energies of the last gate": missing(range(101), "last_gate"),
    }
    for name, numbers in seen.items():
        print(f"{name} that aren't told:", *numbers)
    if list(seen.values()) != [[10, 266, 522], [10], [10]]:
        sys.exit("changed: 10, 266 and 522 cm and an energy of 10 were expected not to be told")


asyncio.run(main())
PY
