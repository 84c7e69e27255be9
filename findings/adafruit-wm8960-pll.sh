#!/usr/bin/env bash
# Adafruit's driver of the codec WM8960 clocks it for 41.8 kHz when it is told 44.1, and for 47.2 when told 48
#
# Software: adafruit-circuitpython-wm8960 1.0.7 (adafruit-blinka 10.0.0, adafruit-circuitpython-busdevice 5.2.17)
# Guess:    From a master clock of 24 MHz the PLL makes 12.288 MHz for 48 kHz and 11.2896 MHz for 44.1 kHz: the driver
#           has the datasheet's factors 8 + 0x3126E8 / 2^24 and 7 + 0x86C226 / 2^24. The fraction stands in three
#           registers of 8 bits, 0x35 to 0x37, the upper bits first (datasheet of the WM8960, R53 to R55).
# Seen:     It is cut into 6, 9 and 9 bits, as of other codecs of the maker: 0x0C, 0x93 and 0xE8 in place of 0x31, 0x26
#           and 0xE8. The codec's clock is 2 % slow for 48 kHz, and 5 % for 44.1 kHz. pll_k, read back, is a number of
#           more than a hundred digits.
# Output:   48000: registers 0xc 0x93 0xe8, 47163 Hz
#           44100: registers 0x21 0x61 0x26, 41780 Hz
#           16000: registers 0xc 0x93 0xe8, 15721 Hz
# Callbox:  leaves the codec to the kernel's driver (docs/boards/waveshare-wm8960.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check adafruit-circuitpython-wm8960==1.0.7 \
  adafruit-blinka==10.0.0 adafruit-circuitpython-busdevice==5.2.17
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from adafruit_wm8960 import WM8960

MASTER_CLOCK = 24e6  # Hz
DIVIDERS = (1, 1.5, 2, 3, 4, 5.5, 6)  # of the DAC


class Bus:
    """An I2C bus with a WM8960: registers of 9 bits that can be written only."""

    def __init__(self):
        self.registers = {}

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 2:
            self.registers[octets[0] >> 1] = (octets[0] & 1) << 8 | octets[1]


seen = []
for rate in (48000, 44100, 16000):
    bus = Bus()
    codec = WM8960(bus, sample_rate=rate)
    fraction = [bus.registers[register] & 0xFF for register in (0x35, 0x36, 0x37)]
    factor = (bus.registers[0x34] & 0xF) + int.from_bytes(bytes(fraction), "big") / 2**24
    prescaler = 2 if bus.registers[0x34] & 0x10 else 1
    clock = MASTER_CLOCK / prescaler * factor / 4 / (2 if bus.registers[0x04] & 0x06 == 4 else 1)
    seen.append(round(clock / 256 / DIVIDERS[bus.registers[0x04] >> 3 & 7]))
    print(f"{rate}: registers {' '.join(map(hex, fraction))}, {seen[-1]} Hz")
digits = len(str(codec._codec.pll_k))
if seen != [47163, 41780, 15721] or digits < 100:
    sys.exit(f"changed: 47163, 41780 and 15721 Hz, and over 100 digits of pll_k, were expected, not {digits}")
PY
