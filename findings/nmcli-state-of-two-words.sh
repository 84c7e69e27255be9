#!/usr/bin/env bash
# nmcli, the Python package, takes half of a device's state for its connection
#
# Software: nmcli 1.8.0
# Guess:    NetworkManager's command tells "connected (externally)" of the loopback device since version 1.42, and
#           "connecting (getting IP configuration)" of a Wi-Fi device that connects: the state is all of it.
# Seen:     The state ends at the first blank, and the rest of it is the connection's name.
# Output:   lo: state 'connected', connection '(externally) lo'
#           wlan0: state 'connecting', connection '(getting IP configuration) Home'
# Callbox:  reads no state of NetworkManager.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check nmcli==1.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from nmcli._device import DeviceControl

# What `nmcli device status` prints of these devices.
STATUS = """\
DEVICE  TYPE      STATE                                  CONNECTION
lo      loopback  connected (externally)                 lo
wlan0   wifi      connecting (getting IP configuration) Home
"""


class Command:
    """NetworkManager's command, as the package calls it."""

    def nmcli(self, parameters):
        return STATUS


devices = DeviceControl(Command()).status()
for device in devices:
    print(f"{device.device}: state {device.state!r}, connection {' '.join(device.connection.split())!r}")
if [device.state for device in devices] != ["connected", "connecting"]:
    sys.exit("changed: states of one word were expected")
PY
