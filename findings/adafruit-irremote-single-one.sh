#!/usr/bin/env bash
# Adafruit's IRRemote can't decode key 1 of a Sony television, and sends another code than the one that it has read
#
# Software: adafruit-circuitpython-irremote 5.0.8
# Guess:    Each key of a remote control is decoded, and GenericTransmit sends what was decoded, with nbits where the
#           code has no whole number of octets: Sony's has 12 bits, 7 of the command and 5 of the device, the lowest bit
#           first.
# Seen:     A length of a pulse that comes once is taken for an outlier. Key 1 is command 0 of device 1, and so has a
#           single one: "Pulses do not differ". The last four bits are decoded into the lower half of an octet, and sent
#           from its upper half: 0 for each device.
# Output:   device 1, command 0: Pulses do not differ
#           device 1, command 1: 1000000 10000, sent again 1000000 10000
#           device 2, command 1: 1000000 01000, sent again 1000000 00000
# Callbox:  has no infrared receiver; its buttons are pins and keys of the kernel (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-irremote==5.0.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import adafruit_irremote as remote

HEADER, ONE, ZERO = [2400, 600], [1200, 600], [600, 600]
"""A pulse and a pause, in microseconds."""


class Output:
    """A pin that keeps the pulses that it is to send."""

    def send(self, durations):
        self.bits = ["1" if pulse == ONE[0] else "0" for pulse in durations[2::2]]


def again(device, command):
    """The bits of a key, and those that are sent when it has been decoded; or why it can't be."""
    bits = [command >> place & 1 for place in range(7)] + [device >> place & 1 for place in range(5)]
    pulses = HEADER + [length for bit in bits for length in (ONE if bit else ZERO)]
    try:
        code = remote.decode_bits(pulses[:-1]).code  # the last pause doesn't end
    except remote.FailedToDecode as error:
        return error.args[0].reason
    output = Output()
    remote.GenericTransmit(HEADER, ONE, ZERO, None).transmit(output, bytes(code), nbits=12)
    read, sent = "".join(map(str, bits)), "".join(output.bits)
    return f"{read[:7]} {read[7:]}, sent again {sent[:7]} {sent[7:]}"


seen = []
for device, command in ((1, 0), (1, 1), (2, 1)):
    seen.append(again(device, command))
    print(f"device {device}, command {command}: {seen[-1]}")
if seen[0] != "Pulses do not differ" or not seen[1].endswith("1000000 10000") or not seen[2].endswith("1000000 00000"):
    sys.exit("changed: an error for command 0, and no device 2 in what is sent, were expected")
PY
