#!/usr/bin/env bash
# Adafruit's driver of the barometer LPS28 swaps the octets of a threshold, and watches the wrong side of it
#
# Software: adafruit-circuitpython-lps28 1.0.3, -busdevice 5.2.17, -register 1.13.0
# Guess:    threshold_pressure goes into THS_P_L, register 0x0C, and THS_P_H behind it, pressure_high sets the bit PHE,
#           0, of INTERRUPT_CFG, pressure_low PLE, 1, and latch_interrupt LIR, 2 (datasheet of the LPS28DFW, ST's own
#           driver lps28dfw_reg.h). 16 hPa are 256 with a full scale of 1260 hPa.
# Seen:     The threshold's high octet is written first, so 256 is 1 for the chip; so is the pressure that it compares
#           with. The three bits are one too high: who asks for a high pressure is told of a low one, who asks for a low
#           one latches the interrupt without any, and LIR is set in a bit that the chip doesn't have.
# Output:   threshold 256: THS_P_L 01, THS_P_H 00, for the chip 1
#           pressure_high: PLE, pressure_low: LIR, latch_interrupt: none
# Callbox:  has no sensors.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-lps28==1.0.3 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

INTERRUPT_CFG, THS_P_L, WHO_AM_I = 0x0B, 0x0C, 0x0F
NAMES = {0: "none", 1: "PHE", 2: "PLE", 4: "LIR"}  # bit 3 isn't used


class Bus:
    """An I2C bus with an LPS28DFW."""

    def __init__(self):
        self.registers = bytearray(0x100)
        self.registers[WHO_AM_I] = 0xB4

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        register, *octets = bytes(buffer[start:end]) or [0]
        self.registers[register:register + len(octets)] = octets

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        in_end = len(buffer) if in_end is None else in_end
        register = out[out_start]
        buffer[in_start:in_end] = self.registers[register:register + in_end - in_start]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_lps28 import LPS28  # noqa: E402

bus = Bus()
barometer = LPS28(bus)
barometer.threshold_pressure = 256
low, high = bus.registers[THS_P_L:THS_P_L + 2]
print(f"threshold 256: THS_P_L {low:02X}, THS_P_H {high:02X}, for the chip {256 * high + low}")
seen = []
for name in ("pressure_high", "pressure_low", "latch_interrupt"):
    bus.registers[INTERRUPT_CFG] = 0
    setattr(barometer, name, True)
    seen.append(NAMES[bus.registers[INTERRUPT_CFG] & 0b111])
print(f"pressure_high: {seen[0]}, pressure_low: {seen[1]}, latch_interrupt: {seen[2]}")
if (low, high, seen) != (1, 0, ["PLE", "LIR", "none"]):
    sys.exit("changed: 1 for the chip, PLE, LIR and none were expected")
PY
