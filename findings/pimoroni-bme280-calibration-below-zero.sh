#!/usr/bin/env bash
# pimoroni-bme280 tells a humidity of 0 % when the calibration of the sensor has a value below zero
#
# Software: pimoroni-bme280 1.0.0 (PyPI), i2cdevice 1.0.0
# Guess:    The calibration values dig_H4 and dig_H5 have 12 bits with a sign ("signed short", datasheet of the BME280),
#           so FCEh is -50. A humidity by the datasheet's formula follows.
# Seen:     A value with its sign bit is lessened by 1 and multiplied by 4096 in place of being lessened by 4096 (-
#           binds more tightly than <<): -50 is 16568320. The humidity that follows is far below zero, and is cut to 0.
# Output:   dig_H5 50: 50.1 %
#           dig_H5 -1: 0.0 % in place of 51.0 %
#           dig_H5 -50: 0.0 % in place of 51.8 %
# Callbox:  has no sensors.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pimoroni-bme280==1.0.0 i2cdevice==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

import bme280
from i2cdevice import MockSMBus

T, H1, H2, H3, H6 = (27504, 26435, -1000), 75, 364, 0, 30


def humidity(h4, h5, raw_temperature, raw_humidity):
    """The humidity by the formula of the datasheet, 4.2.3, with floats."""
    var1 = (raw_temperature / 16384 - T[0] / 1024) * T[1]
    fine = var1 + (raw_temperature / 131072 - T[0] / 8192) ** 2 * T[2]
    h = fine - 76800
    h = (raw_humidity - (h4 * 64 + h5 / 16384 * h)) * (
        H2 / 65536 * (1 + H6 / 67108864 * h * (1 + H3 / 67108864 * h))
    )
    return max(0.0, min(100.0, h * (1 - H1 * h / 524288)))


def told(h4, h5, raw_temperature=519888, raw_humidity=29000):
    bus = MockSMBus(1)
    bus.regs[0xD0] = 0x60
    bus.regs[0x88:0x8E] = struct.pack("<Hhh", *T)
    bus.regs[0x8E:0xA0] = struct.pack("<Hhhhhhhhh", 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
    bus.regs[0xA1] = H1
    bus.regs[0xE1:0xE4] = struct.pack("<hB", H2, H3)
    bus.regs[0xE4:0xE8] = [h4 >> 4 & 0xFF, (h4 & 0xF) | (h5 & 0xF) << 4, h5 >> 4 & 0xFF, H6]
    sensor = bme280.BME280(i2c_dev=bus)
    sensor.setup()
    bus.regs[0xF7:0xFF] = (415148 << 4).to_bytes(3, "big") + (raw_temperature << 4).to_bytes(3, "big") + (
        raw_humidity.to_bytes(2, "big")
    )
    right = humidity(h4, h5, raw_temperature, raw_humidity)
    return round(sensor.get_humidity(), 1), round(right, 1)


seen = []
for h5 in (50, -1, -50):
    seen.append(told(312, h5))
    print(f"dig_H5 {h5}: {seen[-1][0]} %" + (f" in place of {seen[-1][1]} %" if h5 < 0 else ""))
if seen != [(50.1, 50.1), (0.0, 51.0), (0.0, 51.8)]:
    sys.exit("changed: 50.1 %, and 0 % below zero were expected")
PY
