#!/usr/bin/env bash
# Adafruit's driver of the thermometer MCP9600 writes the limit of the first alert only, and none below zero
#
# Software: adafruit-circuitpython-mcp9600 2.0.10, -busdevice 5.2.17, -register 1.13.0
# Guess:    alert_config() takes the number of the alert, 1 to 4, and its limit in degrees, for what is heating up or
#           cooling down. The limits are two's complement in steps of 1/16 degree in the registers 0x10 to 0x13
#           (datasheet), 0 at power on; the sensor measures down to -200 degrees.
# Seen:     The attribute that is set for the limit exists for alert 1 alone, so the other three are enabled with the
#           limit of before, 0 degrees: an alert for what is heating up sounds at once. A limit below zero raises
#           struct.error.
# Output:   alert 1 at 60 degrees: 60.0
#           alert 2 at 60 degrees: 0.0
#           alert 3 at 60 degrees: 0.0
#           alert 1 at -10 degrees: struct.error
# Callbox:  has no thermometer of its own; the processor's temperature is the kernel's (docs/metrics.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-mcp9600==2.0.10 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys
import types


class Bus:
    """An I2C bus with an MCP9600."""

    def __init__(self):
        self.registers = {0x20: b"\x40\x10"}

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def read(self, register):
        return self.registers.get(register, bytes(2))

    def writeto(self, _address, buffer, *, start=0, end=None):
        register, *octets = buffer[start:end]
        self.registers[register] = bytes(octets)

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        octets = self.read(out[out_start])
        in_end = len(buffer) if in_end is None else in_end
        buffer[in_start:in_end] = octets.ljust(in_end - in_start, b"\0")[: in_end - in_start]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_mcp9600 import MCP9600  # noqa: E402

bus = Bus()
thermometer = MCP9600(bus)


def configure(number, limit):
    thermometer.alert_config(
        alert_number=number,
        alert_temp_source=MCP9600.THERMOCOUPLE,
        alert_temp_limit=limit,
        alert_hysteresis=0,
        alert_temp_direction=MCP9600.RISING,
        alert_mode=MCP9600.COMPARATOR,
        alert_state=MCP9600.ACTIVE_LOW,
    )


seen = []
for number in (1, 2, 3):
    configure(number, 60)
    seen.append(int.from_bytes(bus.read(0x0F + number), "big", signed=True) / 16)
    print(f"alert {number} at 60 degrees: {seen[-1]}")
try:
    configure(1, -10)
    below = "taken"
except struct.error:
    below = "struct.error"
print(f"alert 1 at -10 degrees: {below}")
if seen != [60.0, 0.0, 0.0] or below != "struct.error":
    sys.exit("changed: a limit of 60 for the first alert alone and struct.error were expected")
PY
