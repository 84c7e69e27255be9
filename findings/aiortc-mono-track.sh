#!/usr/bin/env bash
# aiortc sends a track of one channel 3 dB quieter
#
# Software: aiortc 1.16.0, PyAV 18.1.0 with its FFmpeg and libopus
# Guess:    A tone of amplitude 10000 in frames of one channel arrives with amplitude 10000: one channel becomes two
#           equal ones, as a browser does it, or stays one.
# Seen:     It arrives at 0.707 of it, on both channels. aiortc makes two channels of it by PyAV's AudioResampler, which
#           takes the one channel for a centre loudspeaker and shares its power between left and right. Frames of two
#           equal channels keep their level.
# Output:   one channel: 0.71, 0.71 of the amplitude, left and right
#           two equal channels: 1.01, 1.01 of the amplitude, left and right
# Callbox:  encodes by itself; a program's own sound is handed to aiortc on two equal channels
#           (callbox/transports/tracks.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import fractions
import sys

import av
import numpy as np
from aiortc.codecs.opus import OpusDecoder, OpusEncoder
from aiortc.jitterbuffer import JitterFrame

AMPLITUDE = 10000


def received(channels):
    """Amplitude of a 440 Hz tone, by its RMS, behind aiortc's encoder and decoder: left, right."""
    encoder, decoder, heard = OpusEncoder(), OpusDecoder(), []
    layout = {1: "mono", 2: "stereo"}[channels]
    for pts in range(0, 48000, 960):
        tone = (AMPLITUDE * np.sin(2 * np.pi * 440 * np.arange(pts, pts + 960) / 48000)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, channels).reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = 48000, pts, fractions.Fraction(1, 48000)
        for packet in encoder.encode(frame)[0]:
            decoded = decoder.decode(JitterFrame(data=packet, timestamp=pts))
            heard += [each.to_ndarray().reshape(-1, 2) for each in decoded]
    sound = np.concatenate(heard)[9600:].astype(float)
    return np.sqrt(2 * (sound**2).mean(axis=0))


one, two = received(1), received(2)
for name, levels in (("one channel", one), ("two equal channels", two)):
    print(f"{name}: {', '.join(f'{level / AMPLITUDE:.2f}' for level in levels)} of the amplitude, left and right")
if abs(one / AMPLITUDE - 0.707).max() > 0.02 or abs(two / AMPLITUDE - 1).max() > 0.02:
    sys.exit("changed: 0.71 was expected of one channel, and 1.00 of two")
PY
