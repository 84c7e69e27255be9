#!/usr/bin/env bash
# opensip plays nothing any more once the other side has paused
#
# Software: opensip 0.2.1 (PyPI)
# Guess:    A telephone that sends nothing while its user is silent goes on with the next sequence number and a marker bit
#           (RFC 3551, section 4.1; RFC 3550, section 5.1). The jitter buffer waits for it, as before the first packet.
# Seen:     It goes on counting through the pause, 50 packets a second, as if each had been lost. The packets after the
#           pause have numbers that are behind, and are dropped as late ones, and so are all others for the rest of the
#           call: 100 of 100 after a second.
# Output:   before the pause: played 50 of 50
#           after a pause of 1 s: played 0 of 100, late 100, lost 148
# Callbox:  speaks no SIP; it plays silence while nothing arrives, and what arrives then.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check opensip==0.2.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from opensip.jitter import JitterBuffer

VOICE, PACKET_S = b"\x01" * 320, 0.02
buffer, played, now_s = JitterBuffer(), [], 0.0


def tick(number=None):
    """20 ms: a packet arrives, or none does, and 20 ms are played."""
    global now_s
    if number is not None:
        buffer.push(number, VOICE, rtp_timestamp=round(now_s * 8000), arrival_time=now_s)
    played.append(buffer.pop_pcm())
    now_s += PACKET_S


for number in range(50):
    tick(number)
tick()  # the two packets that the buffer holds
tick()
before = played.count(VOICE)
for _ in range(48):
    tick()
for number in range(50, 150):
    tick(number)
after, stats = played.count(VOICE) - before, buffer.stats
print(f"before the pause: played {before} of 50")
print(f"after a pause of 1 s: played {after} of 100, late {stats['late']}, lost {stats['lost']}")
if (before, after, stats["late"]) != (50, 0, 100):
    sys.exit("changed: 50 before the pause and none after it were expected")
PY
