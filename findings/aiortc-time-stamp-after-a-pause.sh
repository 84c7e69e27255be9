#!/usr/bin/env bash
# aiortc's first packet after a pause has the time stamp of the pause's beginning
#
# Software: aiortc 1.16.0, PyAV 18.1.0 with its libopus
# Guess:    A track that leaves a second out (the pts of its frames goes on a second later) is sent with the same gap
#           between time stamps, so that the receiver plays the pause (RFC 3550, section 5.1).
# Seen:     The first packet of the new speech follows the last one of the old without a gap, as if there had been no
#           pause; the next one has the right time stamp. Frames at 16 kHz, which aiortc resamples, are two packets
#           late.
# Output:   pts at 48 kHz: [0, 960, 1920, 49920, 50880, 51840]
#           time stamps:   [0, 960, 1920, 2880, 50880, 51840]
#           pts at 16 kHz: [0, 320, 640, 16640, 16960, 17280]
#           time stamps:   [None, 0, 960, 1920, 2880, 50880]
# Callbox:  counts captured samples and writes time stamps by itself (docs/decisions/0013, 0016).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import fractions
import sys

import av
from aiortc.codecs.opus import OpusEncoder


def timestamps(rate, pts):
    """The time stamps that aiortc's encoder gives to frames of 20 ms; None: no packet yet."""
    encoder, samples = OpusEncoder(), rate // 50
    for frame_pts in pts:
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(bytes(2 * samples))
        frame.sample_rate, frame.pts, frame.time_base = rate, frame_pts, fractions.Fraction(1, rate)
        yield encoder.encode(frame)[1]


fast = [0, 960, 1920, 49920, 50880, 51840]
slow = [pts // 3 for pts in fast]
seen = {48000: list(timestamps(48000, fast)), 16000: list(timestamps(16000, slow))}
print("pts at 48 kHz:", fast)
print("time stamps:  ", seen[48000])
print("pts at 16 kHz:", slow)
print("time stamps:  ", seen[16000])
if seen != {48000: [0, 960, 1920, 2880, 50880, 51840], 16000: [None, 0, 960, 1920, 2880, 50880]}:
    sys.exit("changed: the gap was expected one packet late at 48 kHz, and two at 16 kHz")
PY
