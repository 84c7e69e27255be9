#!/usr/bin/env bash
# Adafruit's driver of the port expander PCF8574 turns relays on with the first button, and needs a pull for an input
#
# Software: adafruit-circuitpython-pcf8574 1.0.17, -busdevice 5.2.17
# Guess:    get_pin(0).switch_to_input() makes pin 0 an input with the weak pull-up, as its documentation says and
#           pull=None is the default; the other seven pins, which are high after power-on, stay as they are.
# Seen:     It raises NotImplementedError, "Pull-down resistors not supported"; by then, and with pull=Pull.UP, the
#           driver has written 0 for all pins that weren't set through it. A relay or an LED that is on at 0 is switched
#           on.
# Output:   switch_to_input(): NotImplementedError, pins 76543210: 00000001
#           switch_to_input(pull=Pull.UP): pins 76543210: 00000001
# Callbox:  uses the pins of the board, no port expander (docs/settings.md, `board.button.pin`).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pcf8574==1.0.17 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import enum
import sys
import types


class Bus:
    """An I2C bus with the expander on it, as it is after power-on: all pins are high."""

    pins = 0xFF

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        for octet in bytes(buffer[start:end]):
            self.pins = octet


Pull = enum.Enum("Pull", ("UP", "DOWN"))
Direction = enum.Enum("Direction", ("INPUT", "OUTPUT"))
sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object, Direction=Direction, Pull=Pull)

from adafruit_pcf8574 import PCF8574  # noqa: E402

seen = []
for options in ({}, {"pull": Pull.UP}):
    bus = Bus()
    error = ""
    try:
        PCF8574(bus).get_pin(0).switch_to_input(**options)
    except NotImplementedError as raised:
        error = f"{type(raised).__name__}, "
    seen.append(f"{error}pins 76543210: {bus.pins:08b}")
    print(f"switch_to_input({'pull=Pull.UP' if options else ''}): {seen[-1]}")
if seen != ["NotImplementedError, pins 76543210: 00000001", "pins 76543210: 00000001"]:
    sys.exit("changed: an error, and seven pins at 0, were expected")
PY
