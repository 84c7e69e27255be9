#!/usr/bin/env bash
# Adafruit's drivers of PCF8523 and PCF8563 read a weekly alarm as a monthly one, and 7:30 as half a minute later
#
# Software: adafruit-circuitpython-pcf8523 2.0.9, -pcf8563 2.0.9, -ds3231 2.4.28 and -register 1.13.0
# Guess:    alarm gives back what it was set to, a time and how often: the documentation of the register says that it
#           holds both, and that of a weekly alarm the weekday and the time count.
# Seen:     The drivers of the two clocks that have registers of their own for the weekday and the day of the month take
#           the weekday for the day of the month: Sunday at 7:30 is the 6th of each month, and Monday the 0th. Written
#           back, it rings monthly. Where the clock has no seconds for its alarm, the minute is told as the second, too.
# Output:   PCF8523: weekly Sunday 7:30:00 is monthly 6. 7:30:30, weekly Monday 7:30:00 is monthly 0. 7:30:30
#           PCF8563: weekly Sunday 7:30:00 is monthly 6. 7:30:30, weekly Monday 7:30:00 is monthly 0. 7:30:30
#           DS3231: weekly Sunday 7:30:00 is weekly Sunday 7:30:30, weekly Monday 7:30:00 is weekly Monday 7:30:30
# Callbox:  sets no alarm in a clock chip; it keeps its alarms itself (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pcf8523==2.0.9 \
  adafruit-circuitpython-pcf8563==2.0.9 adafruit-circuitpython-ds3231==2.4.28 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import calendar
import sys
import time
import types


class Bus:
    """An I2C bus with a clock on it: registers that keep what is written to them."""

    def __init__(self):
        self.registers = bytearray(32)
        self.place = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        for index, octet in enumerate(bytes(buffer[start:end])):
            if index == 0:
                self.place = octet
            else:
                self.registers[self.place + index - 1] = octet

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        for index in range(start, len(buffer) if end is None else end):
            buffer[index] = self.registers[self.place + index - start]

    def writeto_then_readfrom(self, address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        self.writeto(address, out, start=out_start, end=out_end)
        self.readfrom_into(address, buffer, start=in_start, end=in_end)


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_ds3231 import DS3231  # noqa: E402
from adafruit_pcf8523.pcf8523 import PCF8523  # noqa: E402
from adafruit_pcf8563.pcf8563 import PCF8563  # noqa: E402


def again(clock, name, day):
    """What an alarm at 7:30 each week on this day of November 2026 is, when it is read."""
    weekday = calendar.weekday(2026, 11, day)
    setattr(clock, name, (time.struct_time((2026, 11, day, 7, 30, 0, weekday, 1, -1)), "weekly"))
    alarm, frequency = getattr(clock, name)
    on = f"{alarm.tm_mday}." if frequency == "monthly" else calendar.day_name[alarm.tm_wday]
    told = f"{frequency} {on} {alarm.tm_hour}:{alarm.tm_min:02}:{alarm.tm_sec:02}"
    return f"weekly {calendar.day_name[weekday]} 7:30:00 is {told}"


seen = []
for kind, name in ((PCF8523, "alarm"), (PCF8563, "alarm"), (DS3231, "alarm2")):
    seen.append(", ".join(again(kind(Bus()), name, day) for day in (29, 30)))
    print(f"{kind.__name__}: {seen[-1]}")
if "monthly 6." not in seen[0] or "monthly 0." not in seen[1] or "weekly Sunday 7:30:30" not in seen[2]:
    sys.exit("changed: a monthly alarm, and the minute as the second, were expected")
PY
