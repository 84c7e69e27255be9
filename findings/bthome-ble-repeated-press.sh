#!/usr/bin/env bash
# bthome-ble tells one press of a Bluetooth button every five seconds for as long as the button repeats it
#
# Software: bthome-ble 3.25.0 (habluetooth 7.2.0), the parser that Home Assistant uses
# Guess:    A button repeats its advertisement, so that it isn't missed, with the same packet id (BTHome, object 0x00):
#           it is one press. What comes more than 4 s after the last advertisement may be another one, says the library.
# Seen:     The 4 s count from the last advertisement that was told, not from the last one that came. One that is
#           repeated each second for 12 s is three presses.
# Output:   a new packet id at 0, 5 and 10 s: press at 0 s, 5 s, 10 s
#           the same one each second: press at 0 s, 5 s, 10 s
#           the same one each second for 4 s: press at 0 s
# Callbox:  has its button on a GPIO, and tells a press once (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check bthome-ble==3.25.0 habluetooth==7.2.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from bleak.backends.device import BLEDevice
from bthome_ble import BTHomeBluetoothDeviceData
from habluetooth import BluetoothServiceInfoBleak

NAME, ADDRESS = "Box", "A4:C1:38:8D:18:B2"
BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"


def presses(times_and_packet_ids):
    """The times at which a press is told, of advertisements of button 1."""
    parser = BTHomeBluetoothDeviceData()
    told = []
    for time, packet_id in times_and_packet_ids:
        # Version 2, sent at events only; a packet id; a press.
        data = bytes((0x44, 0x00, packet_id, 0x3A, 0x01))
        update = parser.update(
            BluetoothServiceInfoBleak(
                name=NAME, address=ADDRESS, rssi=-60, manufacturer_data={}, service_data={BTHOME: data},
                service_uuids=[], source="", device=BLEDevice(ADDRESS, NAME, details={}), advertisement=None,
                connectable=False, time=1000.0 + time, tx_power=None,
            )
        )
        if any(event.event_type == "press" for event in update.events.values()):
            told.append(f"{time} s")
    return f"press at {', '.join(told)}"


seen = [
    presses([(0, 9), (5, 10), (10, 11)]),
    presses([(second, 9) for second in range(13)]),
    presses([(second, 9) for second in range(5)]),
]
print("a new packet id at 0, 5 and 10 s:", seen[0])
print("the same one each second:", seen[1])
print("the same one each second for 4 s:", seen[2])
if seen[1:] != ["press at 0 s, 5 s, 10 s", "press at 0 s"]:
    sys.exit("changed: three presses, and one, were expected of one that is repeated")
PY
