#!/usr/bin/env bash
# apa102 lights each LED white that hasn't been set, and doesn't reach the end of a strip of 144
#
# Software: apa102 0.0.3 (PyPI)
# Guess:    LEDs are dark until they are set. What sets the first one red shows one red LED, as with apa102-pi and
#           Adafruit's driver. Behind the colours come at least half as many clock pulses as there are LEDs, since each
#           LED hands the data on half a pulse late (datasheet of the APA102): 9 octets for a strip of 144.
# Seen:     All four octets of each LED begin with the value that belongs into the first of them, 0xE0 and the
#           brightness: those that weren't set are white with 255 of 255, or with 239 at half brightness. There are
#           always 4 octets behind them, which is enough for 64 LEDs.
# Output:   3 LEDs, the first one red: 255 0 0, 255 255 255, 255 255 255
#           the same with brightness 0.5: 255 0 0, 239 239 239, 239 239 239
#           144 LEDs: 32 clock pulses behind the colours, 72 needed
# Callbox:  drives APA102 with a driver of its own (docs/settings.md, board.lamps.status.kind).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps apa102==0.0.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

sent = []


class SpiDev:
    """The SPI bus, which keeps what is sent."""

    def __init__(self, bus, device):
        pass

    def xfer3(self, octets):
        sent.append(list(octets))


sys.modules["spidev"] = types.SimpleNamespace(SpiDev=SpiDev)
sys.modules["RPi"] = types.SimpleNamespace(GPIO=types.SimpleNamespace())
sys.modules["RPi.GPIO"] = sys.modules["RPi"].GPIO

from apa102 import APA102  # noqa: E402


def colours(octets, count):
    """Red, green and blue of the LEDs in what was sent."""
    leds = [octets[4 + 4 * led : 8 + 4 * led] for led in range(count)]
    return ", ".join(f"{red} {green} {blue}" for _, blue, green, red in leds)


seen = []
for name, brightness in (("3 LEDs, the first one red", 1.0), ("the same with brightness 0.5", 0.5)):
    leds = APA102(3, gpio_data=10, gpio_clock=11, gpio_cs=8, brightness=brightness)
    leds.set_pixel(0, 255, 0, 0)
    leds.show()
    seen.append(colours(sent[-1], 3))
    print(f"{name}: {seen[-1]}")
APA102(144, gpio_data=10, gpio_clock=11, gpio_cs=8).show()
pulses = 8 * (len(sent[-1]) - 4 - 4 * 144)
print(f"144 LEDs: {pulses} clock pulses behind the colours, {144 // 2} needed")
white, grey = "255 255 255", "239 239 239"
if seen != [f"255 0 0, {white}, {white}", f"255 0 0, {grey}, {grey}"] or pulses != 32:
    sys.exit("changed: white, 239 and 32 pulses were expected")
PY
