#!/usr/bin/env bash
# beacontools tells 254.5 degrees of a beacon at -1.5, and puts what stands behind a web address into the address
#
# Software: beacontools 2.1.0, construct 2.10.70 (PyPI)
# Guess:    The temperature of an Eddystone beacon is a signed number of 256ths of a degree (Eddystone-TLM's
#           specification), so 0xFE80 is -1.5. The parts of an advertisement have a length each (Bluetooth's Core
#           Specification, supplement): a web address ends where its part does, and a part of another service is passed
#           over.
# Seen:     The temperature is read unsigned. A web address takes all that is behind it, also the next part's length and
#           type, 4 and 9, which become ".info/" and ".edu". Behind the data of a service that it doesn't know, as the
#           level of a battery, a beacon isn't found at all.
# Output:   21.5 degrees: 21.5, -1.5 degrees: 254.5
#           https://box.org: https://box.org, with a name behind it: https://box.org.info/.edubox
#           an iBeacon: found, behind the level of a battery: not found
# Callbox:  finds no beacons; it uses no Bluetooth LE.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check beacontools==2.1.0 construct==2.10.70
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from beacontools import parse_packet

FLAGS = (0x01, b"\x06")
SERVICES = (0x03, b"\xaa\xfe")


def packet(*parts):
    """An advertisement of these parts: type and data."""
    return b"".join(bytes([1 + len(data), kind]) + data for kind, data in parts)


def service_data(frame):
    """A part with an Eddystone frame."""
    return (0x16, b"\xaa\xfe" + frame)


def temperature(degrees):
    frame = struct.pack(">BBHhII", 0x20, 0, 3000, round(degrees * 256), 1, 10)
    return parse_packet(packet(FLAGS, SERVICES, service_data(frame))).temperature


address = service_data(b"\x10\xeb\x03box\x08")
name = (0x09, b"box")
uuid = bytes(range(16))
ibeacon = (0xFF, b"\x4c\x00\x02\x15" + uuid + struct.pack(">HHb", 1, 2, -59))
level = (0x16, b"\x0f\x18\x64")  # of its battery, 100 %
warm, cold = temperature(21.5), temperature(-1.5)
alone = parse_packet(packet(FLAGS, SERVICES, address)).url
named = parse_packet(packet(FLAGS, SERVICES, address, name)).url
found = ["not found" if beacon is None else "found"
         for beacon in (parse_packet(packet(FLAGS, ibeacon)), parse_packet(packet(FLAGS, level, ibeacon)))]
print(f"21.5 degrees: {warm}, -1.5 degrees: {cold}")
print(f"https://box.org: {alone}, with a name behind it: {named}")
print(f"an iBeacon: {found[0]}, behind the level of a battery: {found[1]}")
if (cold, named, found) != (254.5, "https://box.org.info/.edubox", ["found", "not found"]):
    sys.exit("changed: 254.5 degrees, a longer address and no beacon were expected")
PY
