#!/usr/bin/env bash
# pywirelessmbus tells 0.01234 Wh of a meter at 123.4 kWh, and a serial number that begins with half of its maker
#
# Software: pywirelessmbus 1.5.3, loguru 0.6.0, pyserial-asyncio 0.6, pyserial 3.5 (PyPI)
# Guess:    The unit 05 says that a number counts 100 Wh: energy is 10^(nnn-3) Wh, nnn being the lower three bits, and a
#           volume 10^(nnn-6) cubic metres; the address is two octets of maker, four of serial number (EN 13757-3).
# Seen:     The number is divided by 10^nnn. That is right for a volume in litres, nnn = 3, and for nothing else. The
#           serial number has five octets, of which the first one is the maker's second.
# Output:   1234 in 100 Wh: 0.01234 Wh
#           1234 in litres: 1.234 m3, in 10 litres: 0.1234 m3
#           serial number 12345678: 18 78563412
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pywirelessmbus==1.5.3 loguru==0.6.0 \
  pyserial-asyncio==0.6 pyserial==3.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

from loguru import logger
from pywirelessmbus.devices import EnergyCam
from pywirelessmbus.utils.message import WMbusMessage

HEAD = bytes.fromhex("1E 44 C418 78563412 01")
ELECTRICITY, WATER = 2, 7
logger.remove()


def message(meter, unit):
    """What is read from the meter when it sends 1234 in this unit."""
    body = bytes([meter]) + bytes.fromhex("7A 01 00 00 00 2F2F 04") + bytes([unit]) + (1234).to_bytes(4, "little")
    device = EnergyCam(meter_type=meter, device_id="", index=0, on_set_aes_key=None)
    return device.process_new_message(WMbusMessage(types.SimpleNamespace(payload=HEAD + body)))


energy, litres, tens = message(ELECTRICITY, 0x05), message(WATER, 0x13), message(WATER, 0x14)
values = [read.values[0].value for read in (energy, litres, tens)]
print(f"1234 in 100 Wh: {values[0]} {energy.values[0].unit}")
print(f"1234 in litres: {values[1]} {litres.values[0].unit}, in 10 litres: {values[2]} {tens.values[0].unit}")
number = energy.serial_number
print(f"serial number 12345678: {number[:1].hex()} {number[1:].hex()}")
if values != [0.01234, 1.234, 0.1234] or len(number) != 5:
    sys.exit("changed: 0.01234, 1.234 and 0.1234 were expected, and five octets")
PY
