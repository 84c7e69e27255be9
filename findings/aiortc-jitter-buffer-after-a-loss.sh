#!/usr/bin/env bash
# aiortc's jitter buffer never catches up after one lost packet
#
# Software: aiortc 1.16.0
# Guess:    A packet that is lost costs its 20 ms, or a short wait for it; afterwards the buffer is as full as before:
#           four packets, as audio receivers are set up (JitterBuffer(capacity=16, prefetch=4)).
# Seen:     Nothing comes out until the buffer of 16 is full; then sound goes on 14 packets behind, that is 280 ms in
#           place of 80 ms, and stays so for the rest of the call.
# Output:   before the loss a frame comes out 4 packets late
#           after the loss of packet 100 nothing comes out with packets 101 to 114
#           then frames come out 14 packets late, and 14 after 60 s
# Callbox:  has a jitter buffer of its own, and helps the bot's by what it sends (docs/decisions/0014, 0016).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import sys

from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

LOST, COUNT = 100, 3000

buffer = JitterBuffer(capacity=16, prefetch=4)
behind = {}
for number in range(COUNT):
    if number == LOST:
        continue
    packet = RtpPacket(payload_type=96, sequence_number=number, timestamp=number * 960)
    packet._data = bytes(1)
    _, frame = buffer.add(packet)
    behind[number] = None if frame is None else number - frame.timestamp // 960

held = [number for number in range(LOST, COUNT) if number in behind and behind[number] is None]
print(f"before the loss a frame comes out {behind[LOST - 1]} packets late")
print(f"after the loss of packet {LOST} nothing comes out with packets {held[0]} to {held[-1]}")
print(f"then frames come out {behind[held[-1] + 1]} packets late, and {behind[COUNT - 1]} after {COUNT // 50} s")
if (behind[LOST - 1], len(held), behind[held[-1] + 1], behind[COUNT - 1]) != (4, 14, 14, 14):
    sys.exit("changed: 4 packets late before the loss and 14 for good after it were expected")
PY
