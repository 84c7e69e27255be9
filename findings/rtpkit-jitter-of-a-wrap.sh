#!/usr/bin/env bash
# rtpkit and opensip tell a jitter of 24 minutes when the RTP time stamp wraps
#
# Software: rtpkit 0.3.0, opensip 0.2.1 (PyPI)
# Guess:    The first time stamp is random, so that it wraps in the midst of a call now and then: from 4294967136 to 0 in
#           an even flow (RFC 3550, section 5.1). The jitter, by RFC 3550, section A.8, as both say, stays 0.
# Seen:     The difference of two arrivals isn't taken modulo 2^32: one packet comes 149 hours too early, which is 9 hours
#           of jitter at first and 24 minutes a second later. opensip recommends its largest buffer from then on.
# Output:   first time stamp 0: jitter 0 ms by rtpkit, 0 ms by opensip, which recommends 20 ms
#           first time stamp 4294959296: jitter 1420177 ms by rtpkit, 1420177 ms by opensip, which recommends 200 ms
# Callbox:  reckons with differences of time stamps modulo 2^32, so a wrap is one packet after the other.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rtpkit==0.3.0 opensip==0.2.1
"$tmp/venv/bin/python" - <<'PY'
import struct
import sys

from opensip.jitter import JitterBuffer
from rtpkit import RtpStreamTracker, parse_rtp

seen = []
for first in (0, 2**32 - 50 * 160):
    tracker, buffer = RtpStreamTracker(), JitterBuffer()
    for number in range(100):  # one packet each 20 ms
        stamp, now_s = (first + 160 * number) % 2**32, 1000 + number * 0.02
        tracker.observe(parse_rtp(struct.pack("!BBHII", 0x80, 0, number, stamp, 7) + bytes(160)), now_s, 8000)
        buffer.push(number, bytes(320), rtp_timestamp=stamp, arrival_time=now_s)
    seen.append((tracker.stats(7).jitter / 8, buffer.jitter_ms, buffer.recommended_target_ms()))
    rtpkit_ms, opensip_ms, recommended_ms = seen[-1]
    print(f"first time stamp {first}: jitter {rtpkit_ms:.0f} ms by rtpkit, {opensip_ms:.0f} ms by opensip, which ", end="")
    print(f"recommends {recommended_ms} ms")
if max(seen[0][:2]) > 1 or min(seen[1][:2]) < 1e6:
    sys.exit("changed: no jitter was expected of the first one, more than 1000 s of the second one")
PY
