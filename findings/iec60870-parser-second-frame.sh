#!/usr/bin/env bash
# iec60870-parser calls the second telegram of each connection damaged, and reads an address out of a measured value
#
# Software: iec60870-parser 0.1.1 (PyPI)
# Guess:    Its session for IEC 60870-5-104 follows the sequence numbers of I frames: the sender counts its own frames
#           in N(S), and tells in N(R) how many of the other side's it has got (section 5.1 of the standard). A station
#           that sends three values to a silent control centre numbers them 0, 1 and 2, with N(R) 0 in each. A type that
#           it doesn't know is left "in unparsed", as its documentation says. In 60870-5-103 the link address is one
#           octet.
# Seen:     It expects N(R) to count: the second frame is "CORRUPTED", so are all others, and one that is lost isn't
#           noticed. Of a type that it doesn't know it reads each object's address right behind the last one's, out of
#           the first object's value. A frame of 103 of five octets is an incomplete one.
# Output:   frames 0, 1 and 2: VALID, CORRUPTED (receive sequence mismatch), CORRUPTED (receive sequence mismatch)
#           frames 0, 2 and 4 with N(R) 0, 1 and 2: VALID, VALID, VALID
#           two measured values, objects 100 and 101: [100, 6684672]
#           a frame of 103: INCOMPLETE
# Callbox:  speaks no IEC 60870.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps iec60870-parser==0.1.1
"$tmp/venv/bin/python" - <<'PY'
import struct
import sys

from iec60870 import T104Session, parse_frame

SPONTANEOUS, STATION = 3, 1


def frame(sent, received, kind, *objects):
    """An I frame with objects of an address and octets."""
    body = struct.pack("<HHBBHH", sent << 1, received << 1, kind, len(objects), SPONTANEOUS, STATION)
    for address, octets in objects:
        body += address.to_bytes(3, "little") + octets
    return bytes([0x68, len(body)]) + body


def statuses(numbers):
    """What a session says of frames with these N(S) and N(R)."""
    session = T104Session()
    results = [session.parse(frame(*number, 1, (100, b"\x01"))) for number in numbers]
    return [result.status.value + (f" ({result.error})" if result.error else "") for result in results]


one_way = statuses([(0, 0), (1, 0), (2, 0)])
print(f"frames 0, 1 and 2: {', '.join(one_way)}")
gaps = statuses([(0, 0), (2, 1), (4, 2)])
print(f"frames 0, 2 and 4 with N(R) 0, 1 and 2: {', '.join(gaps)}")
values = [(100, struct.pack("<fB", 230.0, 0)), (101, struct.pack("<fB", 231.5, 0))]
asdu = parse_frame(frame(0, 0, 13, *values), protocol="t104").fields["asdu"]
addresses = [item["ioa"] for item in asdu["information_objects"]]
print(f"two measured values, objects 100 and 101: {addresses}")
short = parse_frame(bytes([0x10, 0x49, 0x05, 0x4E, 0x16]), protocol="t103").status.value
print(f"a frame of 103: {short}")
mismatch = "CORRUPTED (receive sequence mismatch)"
if (one_way, set(gaps), addresses, short) != (["VALID", mismatch, mismatch], {"VALID"}, [100, 6684672], "INCOMPLETE"):
    sys.exit("changed: two damaged frames, three valid ones, object 6684672 and an incomplete frame were expected")
PY
