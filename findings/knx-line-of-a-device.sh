#!/usr/bin/env bash
# knx, the Python package, tells line 4 of a switch on line 12, and loses the second of two telegrams that come together
#
# Software: knx 0.4.0 (PyPI)
# Guess:    An individual address has four bits for the area, four for the line and eight for the device (KNX standard,
#           3/3/2), so 1.12.5 is 1.12.5. The decoder takes what the socket of knxd hands out: two telegrams in one read
#           are two telegrams, as TCP keeps no borders (RFC 9293).
# Seen:     The line is read with three bits, as the middle group of a group address is: 1.12.5 is 1.4.5. Of two
#           telegrams in one read the second one becomes a part of the first one's value, and isn't told.
# Output:   one by one: 0/0/7 = 1 from 1.1.254, 0/0/8 = 0 from 1.4.5
#           together: 0/0/7 = 000800271c0500080080 from 1.1.254
# Callbox:  speaks no KNX; the house reaches it by MQTT (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps knx==0.4.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import knx


def packet(area, line, device, group, value):
    """A group telegram of knxd with a value of one bit: length, type, source, destination, data."""
    body = bytes([0, knx.EIB_GROUP_PACKET, area << 4 | line, device, 0, group, 0, knx.KNXWRITE | value])
    return len(body).to_bytes(2, "big") + body


class Receiver(list):
    send = list.append


def told(*reads):
    receiver = Receiver()
    decoder = knx.telegram_decoder(receiver)
    for octets in reads:
        decoder.send(octets)
    return [(telegram.src, telegram.dst, telegram.value) for telegram in receiver]


def words(telegrams):
    return ", ".join(f"{dst} = {v if isinstance(v, int) else v.hex()} from {src}" for src, dst, v in telegrams)


first, second = packet(1, 1, 254, 7, 1), packet(1, 12, 5, 8, 0)
apart, together = told(first, second), told(first + second)
print(f"one by one: {words(apart)}")
print(f"together: {words(together)}")
if apart[1][0] != "1.4.5" or len(together) != 1:
    sys.exit("changed: 1.4.5 and one telegram of two were expected")
PY
