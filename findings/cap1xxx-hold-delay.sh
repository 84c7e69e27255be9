#!/usr/bin/env bash
# cap1xxx writes -1 for a short hold delay, and asks for register 129.25 for the behaviour of an LED
#
# Software: cap1xxx 0.1.4 (PyPI), Python 3.11
# Guess:    set_hold_delay(10) and set_repeat_rate(0) take the shortest time, "Clamps to multiples of 35 from 35 to
#           560", which is 0 in the lower four bits of the register. set_led_behaviour(1, 2) sets two bits of register
#           0x81.
# Seen:     Below 18 ms the number is -1, which as an octet is 255: the longest time, 560 ms, and all of the other four
#           bits. The register of an LED is divided without rounding since Python 3.
# Output:   set_hold_delay: 35 ms 0, 560 ms 15, 10 ms -1
#           set_repeat_rate: 35 ms 0, 560 ms 15, 10 ms -1
#           set_led_behaviour(1, 2): register 129.25
# Callbox:  has no touch keys; its buttons are pins and keys of the kernel (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps cap1xxx==0.1.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

PRODUCT_ID = 0xFD
CAP1188 = 0x50


class Bus:
    """A bus with the chip on it: registers that keep what is written to them."""

    def __init__(self, _number):
        self.registers, self.last = {PRODUCT_ID: CAP1188}, None

    def read_byte_data(self, _address, register):
        return self.registers.get(register, 0)

    def write_byte_data(self, _address, register, value):
        self.registers[register] = value
        self.last = register, value


pins = types.SimpleNamespace(BCM=0, setmode=lambda _mode: None)
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)
sys.modules["RPi.GPIO"] = pins
sys.modules["smbus"] = types.SimpleNamespace(SMBus=Bus)

from cap1xxx import Cap1188  # noqa: E402

touch = Cap1188()
seen = {}
for name in ("set_hold_delay", "set_repeat_rate"):
    seen[name] = []
    for milliseconds in (35, 560, 10):
        getattr(touch, name)(35)
        getattr(touch, name)(milliseconds)
        seen[name].append((milliseconds, touch.i2c.last[1]))
    print(f"{name}:", ", ".join(f"{milliseconds} ms {value}" for milliseconds, value in seen[name]))
touch.set_led_behaviour(1, 2)
register = touch.i2c.last[0]
print("set_led_behaviour(1, 2): register", register)
if any(values != [(35, 0), (560, 15), (10, -1)] for values in seen.values()) or register != 129.25:
    sys.exit("changed: -1, and register 129.25, were expected")
PY
