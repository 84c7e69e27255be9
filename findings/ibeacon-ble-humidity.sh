#!/usr/bin/env bash
# ibeacon-ble tells -5.5 % of humidity where Cypress' solar beacon says 48.2 %
#
# Software: ibeacon-ble 1.2.0, home-assistant-bluetooth 2.0.0 (PyPI), the parser that Home Assistant uses; bleparser
#           3.7.3 beside it
# Guess:    Cypress' beacon CYALKIT-E02 has a number of its own in "major", and in "minor" the octets of humidity and of
#           temperature: 6F and 68 are 125 * 111 / 256 - 6 = 48.2 % and 175.72 * 104 / 256 - 46.85 = 24.5 degrees (kit
#           guide of CYALKIT-E02; bleparser, from which ibeacon-ble says that it has this, does so).
# Seen:     cypress_temperature is read from "minor", cypress_humidity from the low octet of "major": beacon 1 always
#           has -5.5 %, and beacon 255 118.5 %.
# Output:   beacon 1: bleparser 48.2 %, 24.5 degrees; ibeacon-ble -5.5 %, 24.5 degrees
#           beacon 255: bleparser 48.2 %, 24.5 degrees; ibeacon-ble 118.5 %, 24.5 degrees
# Callbox:  reads no beacons.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ibeacon-ble==1.2.0 home-assistant-bluetooth==2.0.0 \
  bleparser==3.7.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from bleparser import BleParser
from home_assistant_bluetooth import BluetoothServiceInfo
from ibeacon_ble import APPLE_MFR_ID, iBeaconParser

ADDRESS = bytes.fromhex("00a050000328")
IBEACON, POWER = b"\x02\x15", b"\xc3"
CYPRESS = bytes.fromhex("00050001 0000 1000 8000 00805f9b0131")
HUMIDITY, TEMPERATURE = 0x6F, 0x68


def of_bleparser(data):
    structures = b"\x02\x01\x06" + bytes([len(data) + 3, 0xFF]) + APPLE_MFR_ID.to_bytes(2, "little") + data
    report = b"\x02\x01\x00\x00" + ADDRESS[::-1] + bytes([len(structures)]) + structures + b"\xb9"
    sensor, _ = BleParser().parse_raw_data(b"\x04\x3e" + bytes([len(report)]) + report)
    return sensor["cypress humidity"], sensor["cypress temperature"]


def of_ibeacon_ble(data):
    told = iBeaconParser().parse(BluetoothServiceInfo(
        name="", address="-", rssi=-71, manufacturer_data={APPLE_MFR_ID: data}, service_data={}, service_uuids=[],
        source="",
    ))
    return told.cypress_humidity, told.cypress_temperature


seen = []
for beacon in (1, 255):
    data = IBEACON + CYPRESS + beacon.to_bytes(2, "big") + bytes([HUMIDITY, TEMPERATURE]) + POWER
    told = [of_bleparser(data), of_ibeacon_ble(data)]
    seen.append([f"{humidity:.1f} %" for humidity, _ in told])
    texts = (f"{humidity:.1f} %, {temperature:.1f} degrees" for humidity, temperature in told)
    print("beacon {}: bleparser {}; ibeacon-ble {}".format(beacon, *texts))
if seen != [["48.2 %", "-5.5 %"], ["48.2 %", "118.5 %"]]:
    sys.exit("changed: -5.5 % and 118.5 % were expected beside 48.2 %")
PY
