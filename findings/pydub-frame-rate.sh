#!/usr/bin/env bash
# pydub's set_frame_rate() makes a tone of 1 kHz of one of 7 kHz
#
# Software: pydub 0.25.1
# Guess:    set_frame_rate(8000) resamples: what is above the new band of 4 kHz is filtered out, as with any converter
#           that is made for sound.
# Seen:     It interpolates without a filter: a tone of 7 kHz is there at full strength as one of 1 kHz. A voice's hiss
#           becomes a crackle in what is sent to a telephone or a recogniser.
# Output:   48 kHz: 7000 Hz, RMS 7326
#           8 kHz: 1000 Hz, RMS 7326
# Callbox:  doesn't use pydub.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pydub==0.25.1 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
from pydub.generators import Sine

tone = Sine(7000, sample_rate=48000).to_audio_segment(1000, volume=-10)
seen = {}
for name, segment in (("48 kHz", tone), ("8 kHz", tone.set_frame_rate(8000))):
    samples = np.array(segment.get_array_of_samples(), float)
    strongest = np.argmax(np.abs(np.fft.rfft(samples))) * segment.frame_rate / len(samples)
    seen[name] = round(strongest), segment.rms
    print(f"{name}: {seen[name][0]} Hz, RMS {seen[name][1]}")
if seen["8 kHz"][0] != 1000 or seen["8 kHz"][1] < 0.9 * seen["48 kHz"][1]:
    sys.exit("changed: 1000 Hz at the same strength was expected")
PY
