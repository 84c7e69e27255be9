#!/usr/bin/env bash
# rfcvoip loses a key whose first packet is lost, and tells it twice when that packet comes twice
#
# Software: rfcvoip 2.10.3 (PyPI)
# Guess:    A key comes as several packets with one time stamp, the last one three times, so that it is told though some
#           are lost (RFC 4733, sections 2.5.1.4 and 2.6): seven of eight that arrive are a key, and a packet that the
#           network doubles is the same key, by its time stamp and sequence number.
# Seen:     Only the marker bit counts, which the first packet alone has: without this packet the key is never told, with
#           it twice the key is told twice, and the time stamp is looked at in neither case.
# Output:   1 2 3, all packets: 1 2 3
#           1 2 3, without the first packet of 2: 1 3
#           1 2 3, without the three last packets of 2: 1 2 3
#           1 2 3, the first packet of 2 twice: 1 2 2 3
# Callbox:  a digit goes to the bot as RTVI's dtmf message, not as telephone-event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rfcvoip==2.10.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from rfcvoip.RTP import PayloadType, RTPClient, TransmitType

COUNT = 8  # packets of a key, of which the last three end it


def packets():
    """The packets of the keys 1, 2 and 3, by key."""
    for key in (1, 2, 3):
        yield [
            struct.pack("!BBHII", 0x80, 101 | (0x80 if number == 0 else 0), key * COUNT + number, key * 4000, 7)
            + struct.pack("!BBH", key, 10 | (0x80 if number > 4 else 0), min(number + 1, 5) * 160)
            for number in range(COUNT)
        ]


def told(change):
    keys, first = [], list(packets())
    assoc = {0: PayloadType.PCMU, 101: PayloadType.EVENT}
    client = RTPClient(assoc, "127.0.0.1", 40000, "127.0.0.1", 40002, TransmitType.SENDRECV, dtmf=keys.append)
    for packet in first[0] + change(first[1]) + first[2]:
        client.parse_packet(packet)
    return keys


CASES = {
    "all packets": lambda packets: packets,
    "without the first packet of 2": lambda packets: packets[1:],
    "without the three last packets of 2": lambda packets: packets[:-3],
    "the first packet of 2 twice": lambda packets: packets[:1] + packets,
}
seen = []
for name, change in CASES.items():
    seen.append(" ".join(told(change)))
    print(f"1 2 3, {name}: {seen[-1]}")
if seen != ["1 2 3", "1 3", "1 2 3", "1 2 2 3"]:
    sys.exit("changed: 1 3 and 1 2 2 3 were expected")
PY
