#!/usr/bin/env bash
# Adafruit's seesaw reads a pin that was an output as what was written last, whatever the button there says
#
# Software: adafruit-circuitpython-seesaw 1.18.2, -busdevice 5.2.17
# Guess:    A pin of adafruit_seesaw.digitalio is a "compatible subset of digitalio.DigitalInOut" (docstring): behind
#           switch_to_input() its value is the level at the pin, and direction tells INPUT; behind switch_to_output()
#           direction tells OUTPUT.
# Seen:     Both functions set the pin of the chip, and keep the direction that the object had. So value is what was
#           written last, False, for a button with a pull-up that is released, and a pull can't be set, since the pin is
#           "an output pin". A pin that switch_to_output() made an output tells INPUT.
# Output:   direction = OUTPUT, switch_to_input(UP): output, True at the pin: False
#           switch_to_output(): input
# Callbox:  reads its buttons and drives its lamps by the GPIO of the Raspberry Pi (docs/settings.md, board).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-seesaw==1.18.2 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

STATUS, GPIO = 0x00, 0x01
HARDWARE = 0x01
DIRECTION_SET, DIRECTION_CLEAR, LEVELS = 0x02, 0x03, 0x04
ATTINY817 = 0x87
PIN = 5


class Bus:
    """An I2C bus with a seesaw, whose pins are high where nothing else drives them."""

    def __init__(self):
        self.asked = b""
        self.outputs = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        self.asked = octets[:2]
        pins = int.from_bytes(octets[2:], "big")
        if self.asked == bytes([GPIO, DIRECTION_SET]):
            self.outputs |= pins
        elif self.asked == bytes([GPIO, DIRECTION_CLEAR]):
            self.outputs &= ~pins

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        end = len(buffer) if end is None else end
        answers = {bytes([STATUS, HARDWARE]): bytes([ATTINY817]), bytes([GPIO, LEVELS]): b"\xff\xff\xff\xff"}
        buffer[start:end] = answers.get(self.asked, bytes(end - start))


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(
    DigitalInOut=object,
    Direction=types.SimpleNamespace(INPUT="input", OUTPUT="output"),
    DriveMode=types.SimpleNamespace(PUSH_PULL="push-pull"),
    Pull=types.SimpleNamespace(UP="up", DOWN="down"),
)

import digitalio  # noqa: E402
from adafruit_seesaw.digitalio import DigitalIO  # noqa: E402
from adafruit_seesaw.seesaw import Seesaw  # noqa: E402

bus = Bus()
seesaw = Seesaw(bus, reset=False)
pin = DigitalIO(seesaw, PIN)
assert pin.value is True
pin.direction = digitalio.Direction.OUTPUT
pin.switch_to_input(digitalio.Pull.UP)
assert not bus.outputs
seen = [pin.direction, seesaw.digital_read(PIN), pin.value]
print(f"direction = OUTPUT, switch_to_input(UP): {seen[0]}, {seen[1]} at the pin: {seen[2]}")
pin = DigitalIO(seesaw, PIN)
pin.switch_to_output()
assert bus.outputs == 1 << PIN
seen.append(pin.direction)
print(f"switch_to_output(): {seen[3]}")
if seen != ["output", True, False, "input"]:
    sys.exit("changed: output, True, False and input were expected")
PY
