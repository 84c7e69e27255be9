#!/usr/bin/env bash
# usb-protocol has no name for a speakerphone, and hides the endpoint by which a sound card tells its volume knob
#
# Software: usb-protocol 0.9.2 (PyPI)
# Guess:    Its lists are those of the USB Audio specifications, as the comments say. In table 2-4 of their terminal
#           types 403h is "Speakerphone, no echo reduction", in 2-3 303h is a head mounted display, in 2-6 604h a legacy
#           connector, and in 2-7 701h and 706h are noise for calibration and a MiniDisc. The interrupt endpoint of
#           audio control, by which a volume knob is told, is a standard endpoint: its type is ENDPOINT, 05h (table 4-17
#           of Audio 1.0, 4-25 of 2.0). An interface's bNumEndpoints is "populated automatically".
# Seen:     The five types are left out in all three versions, so each raises ValueError. The endpoint is written with
#           CS_ENDPOINT, 25h, which a host passes over as one of the class, and a real one can't be read. It isn't
#           counted either: the interface with it has bNumEndpoints 0.
# Output:   uac1, uac2, uac3: no name for 0x303, 0x403, 0x604, 0x701, 0x706
#           endpoint: 07 25 83 03 06 00 04
#           bNumEndpoints: 0
#           07 05 83 03 06 00 04 of a sound card: ConstError
# Callbox:  takes a card's knob as keys of the kernel's input device (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check usb-protocol==0.9.2
"$tmp/venv/bin/python" - <<'PY'
import sys

from construct import ConstError
from usb_protocol.emitters.descriptors.standard import InterfaceDescriptorEmitter
from usb_protocol.emitters.descriptors.uac2 import AudioControlInterruptEndpointDescriptorEmitter
from usb_protocol.types.descriptors import uac1, uac2, uac3

TERMINALS = {
    0x303: "OutputTerminalTypes",
    0x403: "BidirectionalTerminalTypes",
    0x604: "ExternalTerminalTypes",
    0x701: "EmbeddedFunctionTerminalTypes",
    0x706: "EmbeddedFunctionTerminalTypes",
}
missing = {}
for version in (uac1, uac2, uac3):
    known = {code for types in set(TERMINALS.values()) for code in getattr(version, types)}
    missing[version.__name__.rpartition(".")[2]] = [hex(code) for code in TERMINALS if code not in known]
print(f"{', '.join(missing)}: no name for {', '.join(missing['uac2'])}")
endpoint = AudioControlInterruptEndpointDescriptorEmitter()
endpoint.bEndpointAddress, endpoint.bInterval = 0x83, 4
octets = endpoint.emit()
print(f"endpoint: {octets.hex(' ')}")
interface = InterfaceDescriptorEmitter()
interface.bInterfaceNumber, interface.bInterfaceClass, interface.bInterfaceSubclass = 0, 1, 1
interface.add_subordinate_descriptor(endpoint)
number = interface.emit()[4]
print(f"bNumEndpoints: {number}")
real = bytes.fromhex("07058303060004")
try:
    read = uac2.AudioControlInterruptEndpointDescriptor.parse(real).bEndpointAddress
except ConstError as error:
    read = type(error).__name__
print(f"{real.hex(' ')} of a sound card: {read}")
if {len(codes) for codes in missing.values()} != {5} or (octets[1], number, read) != (0x25, 0, "ConstError"):
    sys.exit("changed: five types without a name, type 25h, no endpoint and ConstError were expected")
PY
