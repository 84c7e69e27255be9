#!/usr/bin/env bash
# rdlib finds a person who is half a metre to the side 5 m away there, and one in front of the radar behind it
#
# Software: RdLib 0.9 (PyPI)
# Guess:    get_coordinate() returns x and y in metres, get_distance() the distance in metres (README; "m" is the
#           default of distance_units). The radar LD2450 sends mm, with the highest bit set for positive numbers. A
#           person whose x is 0.5 m and y is 2 m is (0.5, 2.0), and 2.06 m away; with "cm" (50, 200).
# Seen:     For "m" x is divided by 100 and y by 1000, so x is ten times too large. A report is found as hexadecimal
#           digits up to the first 55, wherever they are: in 0x85 0x52 as well, after which half of y is missing.
# Output:   x 0.5 m, y 2.0 m: (5.0, 2.0) m, 5.39 m away
#           x 0.5 m, y 2.0 m: (50.0, 200.0) cm
#           x 1.3 m, y 1.874 m: (130.0, -213.0) cm
# Callbox:  has no presence sensor: a button, a key or a wake word begins a conversation (docs/gestures.md,
#           docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps RdLib==0.9
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Radar:
    """A serial port with an LD2450."""

    incoming = b""

    @property
    def in_waiting(self):
        return len(self.incoming)

    def read(self, number):
        octets, self.incoming = self.incoming[:number], self.incoming[number:]
        return octets

    def write(self, command):
        pass

    def flushInput(self):  # noqa: N802, pyserial's name
        pass


radar = Radar()
sys.modules["serial"] = types.SimpleNamespace(Serial=lambda *_arguments, **_options: radar, SerialException=OSError)
sys.modules["numpy"] = types.SimpleNamespace(diag=list, array=list, ndarray=list)  # of the Kalman filter, which is off
sys.modules["matplotlib"] = sys.modules["matplotlib.pyplot"] = types.ModuleType("matplotlib")
sys.modules["matplotlib.ticker"] = types.SimpleNamespace(MaxNLocator=None)  # charts aren't drawn here

from RdLib import RdDriver  # noqa: E402
from RdLib.config import config  # noqa: E402
from RdLib.Rd import Rd  # noqa: E402


def report(x_mm, y_mm):
    """A report of one person who sits still."""
    person = b"".join((0x8000 | number).to_bytes(2, "little") for number in (x_mm, y_mm))
    return b"\xaa\xff\x03\x00" + person + b"\x00\x80\x68\x01" + bytes(16) + b"\x55\xcc"


def tell(x_mm, y_mm, method):
    """What the method returns when the radar tells this person."""
    RdDriver.buffer_hex = ""
    radar.incoming = report(x_mm, y_mm)
    return method()


room = Rd()
metres, distance = tell(500, 2000, room.get_coordinate), round(tell(500, 2000, room.get_distance), 2)
config.set(distance_units="cm")
centimetres, behind = tell(500, 2000, room.get_coordinate), tell(1300, 1874, room.get_coordinate)
print(f"x 0.5 m, y 2.0 m: {metres} m, {distance} m away")
print(f"x 0.5 m, y 2.0 m: {centimetres} cm")
print(f"x 1.3 m, y 1.874 m: {behind} cm")
if (metres, distance, centimetres, behind) != ((5.0, 2.0), 5.39, (50.0, 200.0), (130.0, -213.0)):
    sys.exit("changed: an x of 5 m and a person behind the radar were expected")
PY
