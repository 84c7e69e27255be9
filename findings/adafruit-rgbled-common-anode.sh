#!/usr/bin/env bash
# Adafruit's RGBLED flashes a common anode LED white when the program starts, and leaves it on at the end
#
# Software: adafruit-circuitpython-rgbled 1.2.7
# Guess:    With invert_pwm=True, for an LED with a common anode, which is dark at a duty cycle of 65535, the LED is
#           dark from the start on, and deinit() turns it off, as its documentation says.
# Seen:     The constructor first sets each of the three to 0, which is full brightness, and then the colour black.
#           deinit() writes nothing to the outputs. One that keeps its value, as a channel of a PWM chip such as the
#           PCA9685 does, leaves the LED as bright as it was.
# Output:   at the start: red 0 65535, green 0 65535, blue 0 65535
#           red, then deinit(): red 0, green 65535, blue 65535
# Callbox:  drives the LEDs of its pins by itself (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-rgbled==1.2.7 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Channel:
    """A channel of a PWM chip, and all that was written to it."""

    def __init__(self):
        self.written = []

    def deinit(self):
        pass

    @property
    def duty_cycle(self):
        return self.written[-1]

    @duty_cycle.setter
    def duty_cycle(self, value):
        self.written.append(value)


sys.modules["adafruit_pca9685"] = types.SimpleNamespace(PWMChannel=Channel)
sys.modules["microcontroller"] = types.SimpleNamespace(Pin=type("Pin", (), {}))
sys.modules["pwmio"] = types.SimpleNamespace(PWMOut=Channel)

from adafruit_rgbled import RGBLED  # noqa: E402

channels = {name: Channel() for name in ("red", "green", "blue")}
led = RGBLED(*channels.values(), invert_pwm=True)
start = {name: list(channel.written) for name, channel in channels.items()}
led.color = (255, 0, 0)
led.deinit()
end = {name: channel.duty_cycle for name, channel in channels.items()}
print("at the start:", ", ".join(f"{name} {' '.join(map(str, values))}" for name, values in start.items()))
print("red, then deinit():", ", ".join(f"{name} {value}" for name, value in end.items()))
if set(map(tuple, start.values())) != {(0, 65535)} or list(end.values()) != [0, 65535, 65535]:
    sys.exit("changed: 0 before 65535, and red at the end, were expected")
PY
