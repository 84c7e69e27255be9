#!/usr/bin/env bash
# hid-parser reads the keys of a speakerphone from the wrong end of the octet, and a dial that turns back as 255
#
# Software: hid-parser 0.1.0, hid-tools 0.12 (PyPI)
# Guess:    The first field of a report is in its lowest bits, as Left Control of a keyboard is bit 0, and a field whose
#           logical minimum is below 0 is signed (Device Class Definition for HID 1.11, sections 8.3 and 5.8): 05 is
#           volume up and mute, ff is -1.
# Seen:     Bits are counted from the top: of 05 no key is down, and of 80 volume up is. The dial's -1 is 255. hid-tools,
#           which the kernel's developers use, reads all as they were sent.
# Output:   05: hid-parser []; hid-tools Volume Up: 1 | Volume Down: 0 | Mute: 1
#           80: hid-parser ['Volume Increment']; hid-tools Volume Up: 0 | Volume Down: 0 | Mute: 0
#           ff: hid-parser 255; hid-tools Dial: -1
# Callbox:  reads keys as the kernel names them, by evdev.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check hid-parser==0.1.0 hid-tools==0.12
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

import hid_parser
from hidtools.hid import ReportDescriptor

# Consumer Control: volume up, volume down, mute, one bit each, and five bits that aren't used.
KEYS = bytes.fromhex("050c0901a1011500250109e909ea09e275019503810295058101c0")
# System Multi-Axis Controller: a dial from -127 to 127, relative, eight bits.
DIAL = bytes.fromhex("0501090ea10109371581257f750895018106c0")


def tools(descriptor, report):
    text = ReportDescriptor.from_bytes(list(descriptor)).format_report(list(report))
    return " ".join(text.rstrip("# |").split())


seen = []
for report in (b"\x05", b"\x80"):
    pressed = hid_parser.ReportDescriptor(KEYS).parse_input_report(report)
    seen.append([re.search(r"usage=(.*)\)", str(usage))[1] for usage, key in pressed.items() if key.value])
    print(f"{report.hex()}: hid-parser {seen[-1]}; hid-tools {tools(KEYS, report)}")
[dial] = hid_parser.ReportDescriptor(DIAL).parse_input_report(b"\xff").values()
turned = dial.value
print(f"ff: hid-parser {turned}; hid-tools {tools(DIAL, bytes([255]))}")
if seen != [[], ["Volume Increment"]] or turned != 255:
    sys.exit("changed: no key of 05, volume up of 80 and 255 of -1 were expected")
PY
