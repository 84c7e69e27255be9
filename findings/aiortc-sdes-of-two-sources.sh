#!/usr/bin/env bash
# aiortc drops a whole RTCP packet whose SDES describes two sources
#
# Software: aiortc 1.16.0
# Guess:    SDES has a chunk for each source, the sender's and those that a mixer has mixed (RFC 3550, sections 6.5 and
#           7.1); each ends with one null octet or more, up to the next 32 bits.
# Seen:     The parser takes two null octets for the end of a chunk, however many there are: with another number it takes
#           octets of the next chunk for an item, and raises ValueError for the whole compound packet. The transport
#           drops the packet, the report before SDES included.
# Output:   one source: [(1, [(1, b'a')])]
#           two, one null octet each: ValueError: RTCP SDES item is truncated
#           two, three null octets each: ValueError: RTCP SDES item is truncated
# Callbox:  loses such a packet, as aiortc does (docs/client.md, Limits of aiortc).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from aiortc.rtp import RtcpPacket

REPORT = struct.pack("!BBHI", 0x80, 201, 1, 1)


def parsed(*names):
    """What aiortc reads of a report and SDES of the sources 1, 2 ... of these names; an error as a text."""
    chunks = b""
    for ssrc, name in enumerate(names, 1):
        chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
        chunks += chunk + bytes(-len(chunk) % 4)
    try:
        packets = RtcpPacket.parse(REPORT + struct.pack("!BBH", 0x80 | len(names), 202, len(chunks) // 4) + chunks)
    except ValueError as error:
        return f"ValueError: {error}"
    return [(chunk.ssrc, chunk.items) for chunk in packets[1].chunks]


seen = [parsed(b"a"), parsed(b"a", b"b"), parsed(b"abc", b"def")]
for name, what in zip(("one source", "two, one null octet each", "two, three null octets each"), seen):
    print(f"{name}: {what}")
if seen[0] != [(1, [(1, b"a")])] or not seen[1].startswith("ValueError"):
    sys.exit("changed: ValueError was expected for two sources")
PY
