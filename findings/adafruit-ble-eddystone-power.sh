#!/usr/bin/env bash
# Adafruit's Eddystone can't send the power of a beacon below zero dBm, and reads -20 dBm as 236
#
# Software: adafruit-circuitpython-ble-eddystone 1.10.25, adafruit-circuitpython-ble 10.1.5, adafruit-blinka-bleio 4.1.2
#           (PyPI), without a Bluetooth adapter
# Guess:    tx_power is "TX power at the beacon in dBm", which Eddystone tells as a signed octet from -100 to +20
#           (Eddystone-UID and Eddystone-URL, "Tx Power Level"): EC is -20 dBm.
# Seen:     It is packed and unpacked as an unsigned octet.
# Output:   sent with 4 dBm: 04
#           sent with -20 dBm: ubyte format requires 0 <= number <= 255
#           a frame with EC: 236
# Callbox:  sends no beacons.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check adafruit-circuitpython-ble-eddystone==1.10.25 \
  adafruit-circuitpython-ble==10.1.5 adafruit-blinka-bleio==4.1.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from adafruit_ble_eddystone.url import EddystoneURL

URL = "https://example.com/"


def sent(power):
    """The octet that is sent for this power, or the error."""
    try:
        advertisement = bytes(EddystoneURL(URL, tx_power=power))
    except struct.error as error:
        return str(error)
    return f"{advertisement[advertisement.index(bytes.fromhex('16aafe10')) + 4]:02X}"


seen = [sent(4), sent(-20)]
frame = EddystoneURL(URL)
frame.eddystone_frame[0] = 0xEC
seen.append(frame.tx_power)
print(f"sent with 4 dBm: {seen[0]}\nsent with -20 dBm: {seen[1]}\na frame with EC: {seen[2]}")
if seen[0] != "04" or "ubyte" not in seen[1] or seen[2] != 236:
    sys.exit("changed: an error and 236 were expected")
PY
