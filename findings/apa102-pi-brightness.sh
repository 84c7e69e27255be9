#!/usr/bin/env bash
# apa102-pi shows a new brightness only where a colour is set again
#
# Software: apa102-pi 2.5.4, with modules that stand for Blinka's pins and its SPI
# Guess:    set_global_brightness() sets "the overall brightness of the strip", as its documentation says: the next
#           show() has it, as with the other drivers of these LEDs.
# Seen:     The LEDs that are lit stay as they are. Only those that are set afterwards have the new brightness, so a
#           strip has two.
# Output:   brightness 4, both LEDs red: e4 00 00 ff, e4 00 00 ff
#           brightness 31: e4 00 00 ff, e4 00 00 ff
#           then the second LED red again: e4 00 00 ff, ff 00 00 ff
# Callbox:  writes APA102 frames itself; brightness goes into the colours (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps apa102-pi==2.5.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import logging
import sys
import types

sent = []


class SPI:
    """What is sent."""

    def __init__(self, **_):
        pass

    def try_lock(self):
        return True

    def configure(self, **_):
        pass

    def unlock(self):
        pass

    def write(self, data):
        sent.append(bytes(data))


def module(name, **contents):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(contents)


for name in ("board", "digitalio", "adafruit_bus_device", "microcontroller"):
    module(name)
module("busio", SPI=SPI)
module("adafruit_bitbangio", SPI=SPI)
module("adafruit_bus_device.spi_device", SPIDevice=None)
module("microcontroller.pin", spiPorts=((0, 11, 10, 9),))

from apa102_pi.driver.apa102 import APA102  # noqa: E402

logging.disable(logging.CRITICAL)
strip, seen = APA102(num_led=2, global_brightness=4), []


def show(name):
    sent.clear()
    strip.show()
    seen.append([sent[1][4 * led : 4 * led + 4].hex(" ") for led in range(2)])
    print(f"{name}: {', '.join(seen[-1])}")


for led in range(2):
    strip.set_pixel(led, 255, 0, 0)
show("brightness 4, both LEDs red")
strip.set_global_brightness(31)
show("brightness 31")
strip.set_pixel(1, 255, 0, 0)
show("then the second LED red again")
old, new = "e4 00 00 ff", "ff 00 00 ff"
if seen != [[old, old], [old, old], [old, new]]:
    sys.exit("changed: the old brightness was expected until a colour is set")
PY
