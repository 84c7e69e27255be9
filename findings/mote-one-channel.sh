#!/usr/bin/env bash
# mote can't set the brightness of LEDs unless all four sockets are used, and is back at full brightness after clear()
#
# Software: mote 0.0.4 (PyPI)
# Guess:    With one strip of 16 LEDs on channel 1, set_brightness(0.2) dims it, set_all(255, 0, 0, channel=1) sets it,
#           and clear() makes it dark: the next colour has the brightness that was set, the "last value".
# Seen:     set_brightness() asks each of the four channels for its LEDs, and raises ValueError for the first one that
#           has none. set_all() with a channel uses a name that isn't there. With four strips, clear() forgets the
#           brightness.
# Output:   one strip: set_brightness(0.2) ValueError: Channel 2 has not been set up
#           one strip: set_all(255, 0, 0, channel=1) NameError: name 'NUM_PIXELS_PER_CHANNEL' is not defined
#           four strips: red 51 at 0.2, red 255 after clear()
# Callbox:  `brightness_percent` dims all its lamps, whatever they are lit for (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps mote==0.0.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Port:
    """A serial port that keeps what is written last."""

    def __init__(self, *_name, **_options):
        self.last = b""

    def write(self, octets):
        self.last = bytes(octets)


serial = types.ModuleType("serial")
serial.Serial, serial.tools = Port, types.ModuleType("serial.tools")
serial.tools.list_ports = types.ModuleType("serial.tools.list_ports")
sys.modules.update({"serial": serial, "serial.tools": serial.tools, "serial.tools.list_ports": serial.tools.list_ports})

from mote import Mote  # noqa: E402


def strips(count):
    mote = Mote("/dev/ttyACM0")
    for channel in range(1, count + 1):
        mote.configure_channel(channel, 16)
    return mote


def failure(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def red(mote):
    """The red of the first LED, as it is sent."""
    mote.set_pixel(1, 0, 255, 0, 0)
    mote.show()
    return mote.port.last[2]


one, four = strips(1), strips(4)
seen = [failure(one.set_brightness, 0.2), failure(one.set_all, 255, 0, 0, channel=1)]
four.set_brightness(0.2)
reds = [red(four)]
four.clear()
reds.append(red(four))
print("one strip: set_brightness(0.2)", seen[0])
print("one strip: set_all(255, 0, 0, channel=1)", seen[1])
print(f"four strips: red {reds[0]} at 0.2, red {reds[1]} after clear()")
if not seen[0].startswith("ValueError") or not seen[1].startswith("NameError") or reds != [51, 255]:
    sys.exit("changed: a ValueError, a NameError, and 51 and 255 were expected")
PY
