#!/usr/bin/env bash
# Adafruit's driver of the fuel gauge LC709203F tells it 25.85 degrees when it is told 26.8, and -0.15 of 0
#
# Software: adafruit-circuitpython-lc709203f 2.3.10, -busdevice 5.2.17
# Guess:    The gauge has the temperature of the battery in tenths of a kelvin (datasheet), and cell_temperature reads
#           back what it was set to, within a tenth: 26.8 as 26.8, 0.0 as 0.0.
# Seen:     What is set is cut to whole kelvins before it is multiplied by ten, so it is up to a degree too low; reading
#           gives tenths.
# Output:   26.8 degrees: 25.85
#           20.0 degrees: 19.85
#           0.0 degrees: -0.15
#           -5.1 degrees: -5.15
# Callbox:  has no battery; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-lc709203f==2.3.10 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Bus:
    """An I2C bus with an LC709203F: registers of two octets, low one first, and a check sum."""

    def __init__(self):
        self.registers = {}

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 4:
            self.registers[octets[0]] = octets[1:3]

    def writeto_then_readfrom(self, address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        word = self.registers.get(out[out_start], bytes(2))
        whole = bytes([2 * address, out[out_start], 2 * address + 1]) + word
        buffer[in_start:in_start + 3] = word + bytes([check_sum(whole)])


def check_sum(octets):
    """CRC-8 with the polynomial 0x07."""
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus)

from adafruit_lc709203f import LC709203F  # noqa: E402

gauge = LC709203F(Bus())
gauge.thermistor_enable = False
seen = []
for degrees in (26.8, 20.0, 0.0, -5.1):
    gauge.cell_temperature = degrees
    seen.append(round(gauge.cell_temperature, 2))
    print(f"{degrees} degrees: {seen[-1]}")
if seen != [25.85, 19.85, -0.15, -5.15]:
    sys.exit("changed: whole kelvins were expected")
PY
