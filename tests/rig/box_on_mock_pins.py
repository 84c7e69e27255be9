"""`callbox run` in a process of its own, with gpiozero's mock pins for the GPIO that this machine has not.

    python box_on_mock_pins.py CONFIG [BUTTON_PIN LAMP_PIN ...]

A line ``press`` or ``release`` on standard input moves the button; ``click`` does both, 100 ms apart by this process's
own clock, 300 ms after what was before: a busy machine may read two lines at once. When the box has ended, one line of JSON on
standard output tells what each lamp showed: {"22": [[seconds since start, brightness], ...], ...}.
"""

import json
import os
import sys
import threading
import time

import gpiozero
from gpiozero.pins.mock import MockFactory, MockPWMPin

from callbox.cli import main


def button(button: MockPWMPin) -> None:
    for line in sys.stdin:
        if line.strip() == "click":
            time.sleep(0.3)  # later than the second press of a double one
            button.drive_low()
            time.sleep(0.1)  # longer than contacts bounce
        (button.drive_low if line.strip() == "press" else button.drive_high)()


def watch(pin: MockPWMPin, since_s: float, levels: list) -> None:
    set_state = pin._set_state

    def remember(value):
        set_state(value)
        if not levels or levels[-1][1] != float(value):
            levels.append([round(time.monotonic() - since_s, 4), float(value)])

    pin._set_state = remember


config, button_pin, *lamp_pins = sys.argv[1:]
factory = gpiozero.Device.pin_factory = MockFactory(pin_class=MockPWMPin)
lamps: dict[str, list] = {pin: [] for pin in lamp_pins}
for number, levels in lamps.items():
    watch(factory.pin(f"GPIO{number}"), time.monotonic(), levels)
threading.Thread(target=button, args=[factory.pin(f"GPIO{button_pin}")], daemon=True).start()
code = main(["run", "--config", config])
print(json.dumps(lamps), flush=True)
os._exit(code)  # the thread waits for standard input
