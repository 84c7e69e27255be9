#!/usr/bin/env bash
# si7021 measures with 10 bits when it is told to measure with 8
#
# Software: si7021 0.1.1 (PyPI)
# Guess:    set_resultion(8) selects a humidity with 8 bits and a temperature with 12, by the table of the datasheet to
#           which its docstring refers: RES1 and RES0 are 0 and 1. 10 bits are 1 and 0, 11 bits 1 and 1, 12 bits 0 and
#           0.
# Seen:     8 and 10 are the same, 1 and 0, so nothing sets 8 bits, the shortest measurement.
# Output:   12: RES1 0, RES0 0; 11: RES1 1, RES0 1; 10: RES1 1, RES0 0; 8: RES1 1, RES0 0
# Callbox:  has no sensors.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps si7021==0.1.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from si7021 import Si7021


class Bus:
    """An I2C bus with an Si7021: its user register, as at power on."""

    user = 0x3A

    def read_byte_data(self, _address, _command):
        return self.user

    def write_byte_data(self, _address, _command, octet):
        self.user = octet


bus = Bus()
sensor = Si7021(bus)
seen = []
for bits in (12, 11, 10, 8):
    sensor.set_resultion(bits)
    seen.append((bus.user >> 7, bus.user & 1))
print("; ".join(f"{bits}: RES1 {one}, RES0 {zero}" for bits, (one, zero) in zip((12, 11, 10, 8), seen, strict=True)))
if seen != [(0, 0), (1, 1), (1, 0), (1, 0)]:
    sys.exit("changed: 8 bits as 10 were expected")
PY
