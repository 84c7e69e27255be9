#!/usr/bin/env bash
# The CircuitPython driver of SparkFun's knob Qwiic Twist reads nothing: TypeError with the bus device that it requires
#
# Software: adafruit-circuitpython-qwiictwist 1.0.6, adafruit-circuitpython-busdevice 5.2.17
# Guess:    The newest driver works with the newest of what it requires, of any version: count is the position of the
#           knob, and each of its properties can be set.
# Seen:     It asks the bus device for a write without a stop, which that can't do any more, so nothing can be read,
#           also not whether the knob is there. What is set arrives; green_connection arrives as well, and then raises
#           TypeError.
# Output:   connected: TypeError, count: TypeError, pressed: TypeError
#           count = 5: arrived, red_connection = 5: arrived, green_connection = 5: arrived, TypeError
# Callbox:  reads a knob (`board.volume_knob`) from its two pins by itself (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-qwiictwist==1.0.6 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Bus:
    """An I2C bus with the knob on it: registers that keep what is written to them."""

    def __init__(self):
        self.written = []
        self.place = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        if octets := bytes(buffer[start:end]):
            self.written.append(octets)

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        buffer[:] = bytes(len(buffer))


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)

from sparkfun_qwiictwist import Sparkfun_QwiicTwist  # noqa: E402

bus = Bus()
knob = Sparkfun_QwiicTwist(bus)
read, arrived = [], []
for name in ("connected", "count", "pressed"):
    try:
        read.append(f"{name}: {getattr(knob, name)}")
    except TypeError:
        read.append(f"{name}: TypeError")
for name in ("count", "red_connection", "green_connection"):
    bus.written.clear()
    error = ""
    try:
        setattr(knob, name, 5)
    except TypeError:
        error = ", TypeError"
    arrived.append(f"{name} = 5: {'arrived' if bus.written else 'lost'}{error}")
print(", ".join(read))
print(", ".join(arrived))
if any("TypeError" not in text for text in read) or ["TypeError" in text for text in arrived] != [False, False, True]:
    sys.exit("changed: a TypeError at each reading, and at green_connection, was expected")
PY
