#!/usr/bin/env bash
# amshan reads 1.001 kW of a meter as 1000 W, and finds any readout valid whose checksum is 0000
#
# Software: amshan 2.1.1 (PyPI), which reads electricity meters
# Guess:    A power is told with three decimals of a kW, so each number of watts can be read exactly. A readout is valid
#           only if its checksum is the CRC of what was received (DSMR 5.0.2, P1 Companion Standard, 6.2).
# Seen:     The watts are int(float(text) * 1000), and 1.001 * 1000 is 1000.9999999999999. is_valid compares checksums
#           "if expected_checksum", so not with 0.
# Output:   up to 9.999 kW: 95 of 10000 powers are 1 W less
#           1-0:1.7.0(01.001*kW): 1000 W
#           checksum 23a6: valid, with another power invalid
#           checksum 0000: valid, with another power valid
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps amshan==2.1.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from han.dlde import DataReadout, decode_p1_readout_content

POWERS = range(10_000)
SEEN = (95, 1001, {0x23A6: (True, False), 0x0000: (True, True)})
IDENT = "/ADN9 6534\r\n\r\n"


def watts(power):
    """What is read of a line that tells this power in watts."""
    line = f"1-0:1.7.0({power // 1000:02}.{power % 1000:03}*kW)\r\n"
    [(_, value)] = decode_p1_readout_content(line.encode()).items()
    return value


def readout(power, checksum):
    return DataReadout(f"{IDENT}1-0:1.7.0({power}*kW)\r\n!{checksum:04X}\r\n".encode())


small = [power for power in POWERS if watts(power) != power]
if any(watts(power) != power - 1 for power in small):
    sys.exit("changed: other differences")
print(f"up to 9.999 kW: {len(small)} of {len(POWERS)} powers are 1 W less")
print(f"1-0:1.7.0({small[0] // 1000:02}.{small[0] % 1000:03}*kW): {watts(small[0])} W")
valid = {}
for power, changed in (("00.283", "90.283"), ("90.319", "99.319")):
    checksum = readout(power, 0)._calculate_crc16()
    valid[checksum] = readout(power, checksum).is_valid, readout(changed, checksum).is_valid
    right, wrong = ("valid" if known else "invalid" for known in valid[checksum])
    print(f"checksum {checksum:04x}: {right}, with another power {wrong}")
if (len(small), small[0], valid) != SEEN:
    sys.exit(f"changed: {(len(small), small[0], valid)}")
PY
