#!/usr/bin/env bash
# sugarpie reads the voltage of a battery from two registers without one, and puts their digits side by side
#
# Software: sugarpie 1.4.0 (PyPI)
# Guess:    get_battery_level("voltage") returns the voltage of the PiSugar 3 in mV (docstring, README). It is in its
#           registers 0x22, the high octet, and 0x23, the low one (documentation of the PiSugar 3's I2C, which the
#           README names), so 16 and 55 are 4151 mV, and an empty battery has less than a full one.
# Seen:     Registers 0x10 and 0x1F are read, and their decimal digits are joined as a text: 0 and 0 are "00", whatever
#           the battery has. In the right registers 16 and 55 would be 1655 mV, and 16 and 5, which are 4101 mV, 165.
# Output:   4151 mV: 0 mV
#           3590 mV: 0 mV
#           16 and 55 in 0x10 and 0x1F: 1655 mV
# Callbox:  has no battery; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps sugarpie==1.4.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

registers = bytearray(0x100)


class SMBus:
    """An I2C bus with a PiSugar 3."""

    def __init__(self, _bus):
        pass

    def read_byte_data(self, _address, register):
        return registers[register]

    def close(self):
        pass


sys.modules["smbus"] = types.SimpleNamespace(SMBus=SMBus)

from sugarpie import pisugar  # noqa: E402

seen = []
for millivolts in (4151, 3590):
    registers[0x22:0x24] = millivolts.to_bytes(2, "big")
    seen.append(pisugar.get_battery_level("voltage"))
    print(f"{millivolts} mV: {seen[-1]} mV")
registers[0x10], registers[0x1F] = (4151).to_bytes(2, "big")
seen.append(pisugar.get_battery_level("voltage"))
print(f"16 and 55 in 0x10 and 0x1F: {seen[-1]} mV")
if seen != [0, 0, 1655]:
    sys.exit("changed: 0, 0 and 1655 mV were expected")
PY
