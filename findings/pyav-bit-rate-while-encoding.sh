#!/usr/bin/env bash
# PyAV accepts another bit rate while it encodes Opus, and nothing changes
#
# Software: PyAV 18.1.0 with its FFmpeg and libopus, numpy 2.4.6
# Guess:    CodecContext.bit_rate can be set at any time, and libopus changes its bit rate from one packet to the next:
#           a program lowers it when the network gets worse.
# Seen:     The attribute tells the new value, the packets stay as large as before. Only a new encoder obeys.
# Output:   64 kb/s: 66 kb/s; then set to 8 kb/s: bit_rate 8000, 58 kb/s
#           a new encoder with 8 kb/s: 6 kb/s
# Callbox:  sets it by libopus itself, with OPUS_SET_BITRATE (callbox/audio/opus.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check av==18.1.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import fractions
import sys

import av
import numpy as np

random = np.random.default_rng(0)


def encoder(bit_rate):
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48000, "mono", "s16"
    codec.time_base, codec.bit_rate = fractions.Fraction(1, 48000), bit_rate
    return codec


def measured(codec, first):
    """Bits per second of two seconds of noise, from frame `first` on."""
    size = 0
    for number in range(first, first + 100):
        noise = random.normal(0, 8000, (1, 960)).clip(-32000, 32000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, fractions.Fraction(1, 48000)
        size += sum(packet.size for packet in codec.encode(frame))
    return size * 4 / 1000


codec = encoder(64000)
before = measured(codec, 0)
codec.bit_rate = 8000
after, told, fresh = measured(codec, 100), codec.bit_rate, measured(encoder(8000), 0)
print(f"64 kb/s: {before:.0f} kb/s; then set to 8 kb/s: bit_rate {told}, {after:.0f} kb/s")
print(f"a new encoder with 8 kb/s: {fresh:.0f} kb/s")
if after < 40 or fresh > 12 or told != 8000:
    sys.exit("changed: the old bit rate was expected of the old encoder")
PY
