#!/usr/bin/env bash
# ads1x15-adc exchanges "latch" and "non latch", and compares an ADS1015 with a sixteenth of the threshold
#
# Software: ADS1x15-ADC 1.2.2 (PyPI)
# Guess:    COMP_LATCH makes the comparator keep its alert, COMP_NON_LATCH doesn't; bit 2 of the configuration,
#           COMP_LAT, is 1 for a comparator that latches (datasheets of ADS1015 and ADS1115). A threshold that is what
#           readADC() has told of a voltage is reached at that voltage. The ADS1015 has its 12 bits in the upper ones of
#           the register, for a value as for a threshold.
# Seen:     COMP_LATCH is 0, and is written as it is. A value is shifted down by four bits when it is read, a threshold
#           isn't shifted up when it is written, so the alert comes at a sixteenth of the voltage.
# Output:   COMP_LATCH: COMP_LAT 0, COMP_NON_LATCH: COMP_LAT 1
#           ADS1015, 1.5 V: 500 read, threshold 500: alert from 0.093 V on
#           ADS1115, 1.5 V: 8000 read, threshold 8000: alert from 1.5 V on
# Callbox:  reads no voltages.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps ADS1x15-ADC==1.2.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

VALUE, CONFIGURATION, HIGH = 0, 1, 3
LATCH = 1 << 2
words = {}


class SMBus:
    """An I2C bus with an ADS1x15: registers of two octets, the high one first."""

    def __init__(self, _bus):
        pass

    def read_i2c_block_data(self, _address, register, _number):
        return list(words[register].to_bytes(2, "big"))

    def write_i2c_block_data(self, _address, register, octets):
        words[register] = int.from_bytes(bytes(octets), "big")


words[CONFIGURATION] = 0x8583  # as at power on
sys.modules["smbus2"] = types.SimpleNamespace(SMBus=SMBus)

import ADS1x15  # noqa: E402

latches = []
for name in ("COMP_LATCH", "COMP_NON_LATCH"):
    chip = ADS1x15.ADS1115(1)
    chip.setComparatorLatch(getattr(chip, name))
    latches.append(words[CONFIGURATION] & LATCH and 1)
print(f"COMP_LATCH: COMP_LAT {latches[0]}, COMP_NON_LATCH: COMP_LAT {latches[1]}")
seen = []
for name, bits in (("ADS1015", 12), ("ADS1115", 16)):
    words[CONFIGURATION] = 0x8583
    chip = getattr(ADS1x15, name)(1)
    chip.setGain(chip.PGA_6_144V)
    words[VALUE] = round(1.5 / 6.144 * 2**15) & ~(2 ** (16 - bits) - 1)
    value = chip.readADC(0)
    chip.setComparatorThresholdHigh(value)
    words[HIGH] &= ~(2 ** (16 - bits) - 1)  # the ADS1015 has no lower bits
    alert = words[HIGH] * 6.144 / 2**15
    seen += [value, round(alert, 3)]
    print(f"{name}, 1.5 V: {value} read, threshold {value}: alert from {seen[-1]} V on")
if latches != [0, 1] or seen != [500, 0.093, 8000, 1.5]:
    sys.exit("changed: 0 and 1, 500 and 0.093 V, 8000 and 1.5 V were expected")
PY
