#!/usr/bin/env bash
# ld2410 tells 44 cm of a person 3 m away, ten energies of nine gates, and raises KeyError when it resets the radar
#
# Software: ld2410 1.1.1, pyserial 3.5 (PyPI)
# Guess:    The last number of a report is the distance in cm, up to 600. In engineering mode there are two lists of
#           nine energies, one for each of the gates 0 to 8 (README). read_detection_params() returns the farthest gates
#           and the time without anyone, which may be 65535 s, and the sensitivities of gates 0 to 8 (its comment).
#           factory_reset() resets the radar and opens the port anew, with the rate that the radar has then.
# Seen:     Of the distance and of the time the low octet is read only. The list of the moving energies begins with the
#           number of the farthest gate, both have a tenth number, and the sensitivity of gate 8 is missing.
#           factory_reset() looks the baud rate up twice, and raises when the radar starts anew and the port is closed.
# Output:   a person at 300 cm, without one for 300 s: 44 cm, 44 s
#           energies: 8 10 11 12 13 14 15 16 17 18, 30 31 32 33 34 35 36 37 38 85
#           sensitivities: 10 11 12 13 14 15 16 17, 30 31 32 33 34 35 36 37
#           factory_reset(): KeyError: 256000
# Callbox:  has no presence sensor: a button, a key or a wake word begins a conversation (docs/gestures.md,
#           docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ld2410==1.1.1 pyserial==3.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import logging
import sys

import serial


GATES = (*range(10, 19), *range(30, 39))  # of moving and of still persons


class Radar:
    """A serial port with an LD2410, which answers the question for its parameters."""

    def __init__(self, *_arguments, **_options):
        self.incoming = io.BytesIO()

    def write(self, command):
        self.incoming = io.BytesIO(parameters() if command[6] == 0x61 else b"")

    def read(self, number=1):
        return self.incoming.read(number)

    def close(self):
        pass


def frame(head, body, tail):
    return head + len(body).to_bytes(2, "little") + body + tail


def report(gates=()):
    """A report of a person at 300 cm, in engineering mode with the energies of the gates."""
    distance = (300).to_bytes(2, "little")
    body = bytes([0x01 if gates else 0x02, 0xAA, 3]) + distance + b"\x32" + distance + b"\x32" + distance
    body += bytes([8, 8, *gates]) if gates else b""
    return frame(b"\xf4\xf3\xf2\xf1", body + b"\x55\x00", b"\xf8\xf7\xf6\xf5")


def parameters():
    """The answer to the question for the parameters; there is no person after 300 s without one."""
    body = bytes([0x61, 0x01, 0, 0, 0xAA, 8, 8, 8, *GATES]) + (300).to_bytes(2, "little")
    return frame(b"\xfd\xfc\xfb\xfa", body, b"\x04\x03\x02\x01")


serial.Serial = Radar
from LD2410 import LD2410  # noqa: E402

radar = LD2410("radar", verbosity=logging.CRITICAL)
radar.ser.incoming = io.BytesIO(report())
distance = radar.get_radar_data()[0][-1]
radar.eng_mode = True
radar.ser.incoming = io.BytesIO(report(GATES))
_, *energies = radar.get_radar_data()
(_, _, seconds), *sensitivities = radar.read_detection_params()
try:
    radar.factory_reset()
    reset = "done"
except KeyError as error:
    reset = f"KeyError: {error}"
print(f"a person at 300 cm, without one for 300 s: {distance} cm, {seconds} s")
print("energies:", ", ".join(" ".join(map(str, gates)) for gates in energies))
print("sensitivities:", ", ".join(" ".join(map(str, gates)) for gates in sensitivities))
print("factory_reset():", reset)
if (distance, seconds) != (44, 44) or energies[0][:2] != [8, 10] or [*map(len, sensitivities)] != [8, 8]:
    sys.exit("changed: 44 cm, 44 s, a farthest gate among the energies and 8 sensitivities were expected")
if not reset.startswith("KeyError"):
    sys.exit("changed: a KeyError was expected")
PY
