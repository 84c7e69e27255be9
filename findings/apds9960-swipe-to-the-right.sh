#!/usr/bin/env bash
# apds9960 tells "down" of a hand that moves to the right and a little up
#
# Software: apds9960 0.3.0 (PyPI)
# Guess:    A hand that moves to the right, and a little up, is "right": where both axes have changed, the one that has
#           changed more counts, as in the C++ library that it is a port of (README). So it is in each of the other
#           quarters.
# Seen:     In that quarter alone "down" stands in place of "right", the direction that it has least to do with.
# Output:   right and a little up: down, right and a little down: right, up and a little right: up
#           left and a little up: left, left and a little down: left, up and a little left: up
# Callbox:  has no sensor of gestures: its gestures are presses (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps apds9960==0.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from apds9960 import device
from apds9960.const import (
    APDS9960_DIR_DOWN, APDS9960_DIR_LEFT, APDS9960_DIR_RIGHT, APDS9960_DIR_UP,
    APDS9960_REG_GFIFO_U, APDS9960_REG_GFLVL, APDS9960_REG_GSTATUS, APDS9960_REG_ID,
)

NAMES = {APDS9960_DIR_DOWN: "down", APDS9960_DIR_LEFT: "left", APDS9960_DIR_RIGHT: "right", APDS9960_DIR_UP: "up"}
STEPS = 8


class Bus:
    """An I2C bus with an APDS-9960, whose FIFO has the data of a hand that has moved."""

    def __init__(self):
        self.registers = bytearray(0x100)
        self.registers[APDS9960_REG_ID] = 0xAB
        self.fifo = []

    def read_byte_data(self, _address, register):
        if register == APDS9960_REG_GSTATUS:
            return int(bool(self.fifo))
        if register == APDS9960_REG_GFLVL:
            return len(self.fifo)
        return self.registers[register]

    def write_byte_data(self, _address, register, octet):
        self.registers[register] = octet

    def read_i2c_block_data(self, _address, register, number):
        assert (register, number) == (APDS9960_REG_GFIFO_U, 4)
        return self.fifo.pop(0)

    def move(self, right, up):
        """The data of a hand that moves so far: L grows against R to the right, D against U upwards."""
        for step in range(STEPS):
            place = 2 * step / (STEPS - 1) - 1  # from -1 to 1
            aside, ahead = round(60 * right * place), round(60 * up * place)
            self.fifo.append([100 - ahead, 100 + ahead, 100 + aside, 100 - aside])


device.sleep = lambda _seconds: None
bus = Bus()
sensor = device.APDS9960(bus)
sensor.enableGestureSensor()


def told(right, up):
    bus.move(right, up)
    return NAMES[sensor.readGesture()]


assert [told(1, 0), told(-1, 0), told(0, 1), told(0, -1)] == ["right", "left", "up", "down"]
seen = []
for side, name in ((1, "right"), (-1, "left")):
    seen += [told(side, 0.6), told(side, -0.6), told(0.6 * side, 1)]
    print(f"{name} and a little up: {seen[-3]}, {name} and a little down: {seen[-2]},", end=" ")
    print(f"up and a little {name}: {seen[-1]}")
if seen != ["down", "right", "up", "left", "left", "up"]:
    sys.exit("changed: down was expected of a hand that moves to the right and a little up")
PY
