#!/usr/bin/env bash
# Adafruit's driver of the keypad controller TCA8418 clears the other interrupts with the one that it is told to
#
# Software: adafruit-circuitpython-tca8418 1.0.21 (adafruit-blinka 10.0.0, adafruit-circuitpython-busdevice 5.2.17)
# Guess:    Each bit of the register of interrupts is cleared by writing 1 to it, and 0 leaves it (datasheet of the
#           TCA8418, INT_STAT). key_int = True, as in the examples of the driver, clears the interrupt of the keys; the
#           one of an input, which came meanwhile, stays until it is cleared itself.
# Seen:     The register is read, and written back with all the bits that are set in it: the interrupts of inputs and of
#           an overflow are gone without having been seen. gpi_int = False, too, clears those of the keys.
# Output:   key_int = True of keys: 00000 is left
#           key_int = True of keys, an input and an overflow: 00000 is left
#           gpi_int = False of keys: 00000 is left
# Callbox:  scans a keypad on GPIOs, without such a chip (docs/settings.md, board.keypad).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check adafruit-circuitpython-tca8418==1.0.21 \
  adafruit-blinka==10.0.0 adafruit-circuitpython-busdevice==5.2.17
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

STATUS = 0x02
KEY, INPUT, OVERFLOW = 0b00001, 0b00010, 0b01000


class Bus:
    """An I2C bus with a TCA8418: its registers, of which that of the interrupts is cleared by ones."""

    def __init__(self):
        self.registers = bytearray(0x2F)

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 2 and octets[0] == STATUS:
            self.registers[STATUS] &= ~octets[1]
        elif len(octets) == 2:
            self.registers[octets[0]] = octets[1]

    def writeto_then_readfrom(self, address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        buffer[in_start] = self.registers[out[out_start]]


class Pull:
    """Of blinka's digitalio, which needs a board."""

    UP = "up"


sys.modules["digitalio"] = types.SimpleNamespace(Direction=Pull, Pull=Pull, DigitalInOut=object)

from adafruit_tca8418 import TCA8418  # noqa: E402

bus = Bus()
keypad = TCA8418(bus)


def left(interrupts, name, value):
    """The interrupts that are left of these when the one of this name is set to this."""
    bus.registers[STATUS] = interrupts
    setattr(keypad, name, value)
    return f"{bus.registers[STATUS]:05b}"


seen = {
    "key_int = True of keys": left(KEY, "key_int", True),
    "key_int = True of keys, an input and an overflow": left(KEY | INPUT | OVERFLOW, "key_int", True),
    "gpi_int = False of keys": left(KEY, "gpi_int", False),
}
for name, interrupts in seen.items():
    print(f"{name}: {interrupts} is left")
if set(seen.values()) != {"00000"}:
    sys.exit("changed: no interrupt was expected to be left")
PY
