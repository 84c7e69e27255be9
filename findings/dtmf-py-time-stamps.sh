#!/usr/bin/env bash
# dtmf-py begins the next key 20 ms after the last one, which lasts 180 ms
#
# Software: dtmf-py 0.1.3 (PyPI), RTP packets of telephone-event
# Guess:    A key's packets have the time stamp of its beginning; the next key begins after this one's duration. The
#           last packet has the E bit, and is sent three times with the same duration (RFC 4733, section 2.5.1).
# Seen:     The time stamp moves on by 160 with each key, though a key lasts 1440: the keys of a number overlap. The E
#           bit is set in two packets, with two durations: a receiver that takes the first one hears 160 ms.
# Output:   key 1: from 1 to 1441, packets with E end it at 1281 and 1441
#           key 2: from 161 to 1601, packets with E end it at 1441 and 1601
#           key 3: from 321 to 1761, packets with E end it at 1601 and 1761
# Callbox:  a digit goes to the bot as RTVI's dtmf message, not as telephone-event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dtmf-py==0.1.3
"$tmp/venv/bin/python" - <<'PY'
import struct
import sys

from dtmf_py import DTMF

keys = {}
for packet in DTMF.make_numbers_packets("123"):
    _, _, _, time_stamp, _, event, flags, duration = struct.unpack("!BBHIIBBH", bytes(packet))
    key = keys.setdefault(event, {"begin": time_stamp, "end": 0, "with E": []})
    key["end"] = max(key["end"], time_stamp + duration)
    if flags & 0x80:
        key["with E"].append(time_stamp + duration)
for event, key in keys.items():
    ends = " and ".join(map(str, key["with E"]))
    print(f"key {event}: from {key['begin']} to {key['end']}, packets with E end it at {ends}")
if [(key["begin"], key["end"]) for key in keys.values()] != [(1, 1441), (161, 1601), (321, 1761)]:
    sys.exit("changed: keys that overlap were expected, 160 apart and 1440 long")
PY
