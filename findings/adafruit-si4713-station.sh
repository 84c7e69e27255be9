#!/usr/bin/env bash
# Adafruit's driver of the FM transmitter SI4713 sends 8 of the 96 letters of a station's name
#
# Software: adafruit-circuitpython-si4713 1.3.21, -busdevice 5.2.17
# Guess:    rds_station takes up to 96 bytes, and pads with blanks if there are less (docstring). The chip has them as
#           24 parts of four, TX_RDS_PS with the number of the part, and shows eight at a time, one name behind another
#           (programming guide AN332).
# Seen:     Parts 0 and 1 are sent alone, whatever the length: a radio shows the first eight letters. What is padded is
#           padded with zeros, which a radio shows as it likes.
# Output:   "CALLBOX  NOW ON  AIR ": parts 0 and 1: "CALLBOX "
#           "BOX": parts 0 and 1: 42 4F 58 00 00 00 00 00
# Callbox:  sends no radio.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-si4713==1.3.21 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

GET_REV, TX_RDS_PS, READY, NUMBER = 0x10, 0x36, 0x80, 13


class Bus:
    """An I2C bus with an SI4713, which keeps the parts of the station's name."""

    def __init__(self):
        self.parts = {}

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if octets[:1] == bytes([TX_RDS_PS]):
            self.parts[octets[1]] = octets[2:6]

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        end = len(buffer) if end is None else end
        buffer[start:end] = bytes([READY, NUMBER]).ljust(end - start, b"\0")[: end - start]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_si4713 import SI4713  # noqa: E402

bus = Bus()
transmitter = SI4713(bus)
seen = []
for name in (b"CALLBOX  NOW ON  AIR ", b"BOX"):
    bus.parts.clear()
    transmitter.rds_station = name
    assert list(bus.parts) == [0, 1]
    seen.append(bus.parts[0] + bus.parts[1])
print(f'"CALLBOX  NOW ON  AIR ": parts 0 and 1: "{seen[0].decode()}"')
print(f'"BOX": parts 0 and 1: {seen[1].hex(" ").upper()}')
if seen != [b"CALLBOX ", b"BOX\0\0\0\0\0"]:
    sys.exit("changed: eight letters, and zeros behind three, were expected")
PY
