#!/usr/bin/env bash
# Adafruit's driver of the converter DAC7578 moves an output when it is told the LDAC mask, and resets nothing
#
# Software: adafruit-circuitpython-dacx578 1.0.3, -busdevice 5.2.17
# Guess:    ldac_mask goes into the LDAC register, whose command is 0x60, and reset() resets the chip, by its command
#           0x70 (datasheet of the DAC7578, table of commands): the outputs are 0 V then, and the driver says so.
# Seen:     The mask is sent with the command of before: behind raw_value = 2048 of channel 3 it is a new value for that
#           channel. reset() sends 0x50, the register for what the pin CLR does, and the driver goes on with the value
#           that it had.
# Output:   channel 3 at 2048: 33 80 00, then the LDAC mask 0xF7: 33 F7 00, which is 3952
#           reset(): 50 00 00, channel 3 at 2048
# Callbox:  has no analogue outputs: volume is the sound card's (docs/settings.md, audio).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-dacx578==1.0.3 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Bus:
    """An I2C bus that keeps what is sent."""

    def __init__(self):
        self.sent = b""

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        self.sent = bytes(buffer[start:end])


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)

from adafruit_dacx578 import DACx578  # noqa: E402

bus = Bus()
converter = DACx578(bus)
channel = converter.channels[3]
channel.raw_value = 2048
value = bus.sent
converter.ldac_mask = 0xF7
mask = bus.sent
moved = int.from_bytes(mask[1:], "big") >> 4
print(f"channel 3 at 2048: {value.hex(' ').upper()}, then the LDAC mask 0xF7: {mask.hex(' ').upper()},", end=" ")
print(f"which is {moved}")
converter.reset()
print(f"reset(): {bus.sent.hex(' ').upper()}, channel 3 at {channel.raw_value}")
if (mask, moved, bus.sent, channel.raw_value) != (b"\x33\xf7\x00", 3952, b"\x50\x00\x00", 2048):
    sys.exit("changed: the mask as a value of channel 3 and 50 00 00 were expected")
PY
