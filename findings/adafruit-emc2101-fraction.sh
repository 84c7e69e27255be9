#!/usr/bin/env bash
# Adafruit's driver of the fan controller EMC2101 puts the last temperature's fraction behind this one's degrees
#
# Software: adafruit-circuitpython-emc2101 1.2.15, -busdevice 5.2.17, -register 1.13.0
# Guess:    external_temperature tells the temperature that the chip has, in steps of 1/8 degree. Reading the high octet
#           keeps the low one that belongs to it for the next reading of that (datasheet, data read interlock); a
#           comment in the driver says the same, and that the high octet must be read first.
# Seen:     The low octet is read first, so it is the one that was kept at the last reading: the fraction is one reading
#           late. A temperature that rises by 1/8 degree, from 24.875 to 25, is 25.875, and falls by 7/8 next.
# Output:   24.75: 24.0, 24.875: 24.75, 25.0: 25.875, 25.125: 25.0
# Callbox:  doesn't drive a fan; the processor's temperature is the kernel's (docs/metrics.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-emc2101==1.2.15 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

HIGH, LOW, PART, MAKER = 0x01, 0x10, 0xFD, 0xFE


class Bus:
    """An I2C bus with an EMC2101: reading the high octet of the temperature keeps the low one."""

    def __init__(self):
        self.registers = bytearray(0x100)
        self.registers[PART], self.registers[MAKER] = 0x16, 0x5D
        self.temperature = 0.0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 2:
            self.registers[octets[0]] = octets[1]

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        register = out[out_start]
        if register == HIGH:
            self.registers[HIGH], self.registers[LOW] = (round(self.temperature * 256) & 0xFFFF).to_bytes(2, "big")
        buffer[in_start] = self.registers[register]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_emc2101 import EMC2101  # noqa: E402

bus = Bus()
controller = EMC2101(bus)
seen = {}
for bus.temperature in (24.75, 24.875, 25.0, 25.125):
    seen[bus.temperature] = controller.external_temperature
print(", ".join(f"{right}: {told}" for right, told in seen.items()))
if list(seen.values()) != [24.0, 24.75, 25.875, 25.0]:
    sys.exit("changed: 24.0, 24.75, 25.875 and 25.0 were expected")
PY
