#!/usr/bin/env bash
# hidapi tells no reason why a device can't be opened
#
# Software: hidapi 0.15.0 (Python), its bundled hidapi for Linux
# Guess:    open_path() of a device that isn't there raises FileNotFoundError, of a file that is no HID device something
#           else, and of one without access PermissionError; at least OSError.errno tells them apart, and error() has
#           the text, as the C library's hid_error() does.
# Seen:     All raise OSError('open failed'), without errno, and error() says that it isn't implemented: a missing udev
#           rule looks like a device that is unplugged.
# Output:   not there: ('open failed', None, 'hid_error is not implemented yet')
#           no HID device: ('open failed', None, 'hid_error is not implemented yet')
# Callbox:  reads input devices and HID reports by itself, with the kernel's errors (callbox_device/input_devices.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check hidapi==0.15.0
"$tmp/venv/bin/python" - <<'PY'
import sys

import hid

seen = {}
for name, path in (("not there", b"/dev/hidraw99"), ("no HID device", b"/dev/null")):
    device = hid.device()
    try:
        device.open_path(path)
        seen[name] = "opened"
    except OSError as error:
        seen[name] = (str(error), error.errno, device.error())
    print(f"{name}: {seen[name]}")
if len(set(seen.values())) != 1 or seen["not there"][:2] != ("open failed", None):
    sys.exit("changed: 'open failed' without errno was expected of both")
PY
