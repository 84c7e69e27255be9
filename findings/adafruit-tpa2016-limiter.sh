#!/usr/bin/env bash
# Adafruit's driver of the amplifier TPA2016 changes the gain when it is told where to limit, and reads -10 dB as 54
#
# Software: adafruit-circuitpython-tpa2016 1.1.23, -register 1.13.0
# Guess:    output_limiter_level is the level from which on the amplifier limits, and fixed_gain its gain in dB, -28 to
#           30; each gives back what it was set to, and one leaves the other alone.
# Seen:     The limiter's level is written into register 5, that of the gain, whose lower bits it replaces; the limiter,
#           register 6 (Texas Instruments, SLOS524), keeps what it had. A gain below 0 dB is read without its sign.
# Output:   fixed_gain = 12: 12
#           fixed_gain = -10: 54
#           fixed_gain = 12, output_limiter_level = 4.5: gain 22, register of the limiter as before
# Callbox:  sets the volume in ALSA's mixer, and writes no registers of an amplifier (docs/sound/README.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-tpa2016==1.1.23 \
  adafruit-circuitpython-register==1.13.0 adafruit-circuitpython-busdevice==5.2.17 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

LIMITER = 6
"""The register of the limiter: its level in the lower five bits."""


class Bus:
    """An I2C bus with the amplifier on it: registers that begin with its values, and keep what is written."""

    def __init__(self):
        self.registers = bytearray([0, 0xC3, 0x05, 0x0B, 0x00, 0x06, 0x3A, 0xC2])

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) > 1:
            self.registers[octets[0]] = octets[1]

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        buffer[in_start] = self.registers[out[out_start]]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_tpa2016 import TPA2016  # noqa: E402

bus = Bus()
amplifier = TPA2016(bus)
gains = []
for gain in (12, -10):
    amplifier.fixed_gain = gain
    gains.append(amplifier.fixed_gain)
    print(f"fixed_gain = {gain}: {gains[-1]}")
amplifier.fixed_gain, before = 12, bus.registers[LIMITER]
amplifier.output_limiter_level = 4.5
gains.append(amplifier.fixed_gain)
limiter = "as before" if bus.registers[LIMITER] == before else bus.registers[LIMITER]
print(f"fixed_gain = 12, output_limiter_level = 4.5: gain {gains[-1]}, register of the limiter {limiter}")
if gains != [12, 54, 22] or limiter != "as before":
    sys.exit("changed: gains of 12, 54 and 22 were expected, and no other limiter")
PY
