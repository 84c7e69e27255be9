#!/usr/bin/env bash
# Adafruit's driver of the converter PCM51xx can drive one of its six pins, and says that the others are high
#
# Software: adafruit-circuitpython-pcm51xx 1.0.3, -busdevice 5.2.17
# Guess:    pin1 to pin6 are pins as digitalio has them; pin4.switch_to_output(True), for the amplifier's mute, drives
#           GPIO4 high. Each pin has a register for what it tells, 80 to 85 for GPIO1 to GPIO6, where 0, the default, is
#           "off (low)", and 2 what register 86 has for it (datasheet of the PCM512x; Linux' pcm512x.h).
# Seen:     Register 84, of GPIO5, is set alone. The other pins become outputs that stay low whatever they are told, and
#           value reads back what was told.
# Output:   pin4: function 0 (off), told True; pin5: function 2 (register), told True; pin6: function 0 (off), told True
# Callbox:  leaves the pins of a sound card to the kernel's driver.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pcm51xx==1.0.3 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

RESET, ENABLED, FUNCTION_OF_GPIO1 = 0x01, 0x08, 80


class Bus:
    """An I2C bus with a PCM51xx: the registers of its page 0. Bit 7 of an address asks for the next ones, too."""

    def __init__(self):
        self.registers = bytearray(0x80)

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 2 and octets[0] & 0x7F != RESET:  # a reset is done at once
            self.registers[octets[0] & 0x7F] = octets[1]

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        buffer[in_start] = self.registers[out[out_start] & 0x7F]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)

from adafruit_pcm51xx import PCM51XX  # noqa: E402

bus = Bus()
converter = PCM51XX(bus)
seen = []
for number in (4, 5, 6):
    pin = getattr(converter, f"pin{number}")
    pin.switch_to_output(True)
    assert bus.registers[ENABLED] >> number - 1 & 1
    seen.append((bus.registers[FUNCTION_OF_GPIO1 + number - 1], pin.value))
names = {0: "off", 2: "register"}
print("; ".join(f"pin{number}: function {function} ({names[function]}), told {value}"
                for number, (function, value) in zip((4, 5, 6), seen, strict=True)))
if seen != [(0, True), (2, True), (0, True)]:
    sys.exit("changed: pin5 alone with the function 2 was expected")
PY
