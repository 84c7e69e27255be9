#!/usr/bin/env bash
# vad takes a hum for speech in an array of one channel, and not in one without channels, for which it can't cut silence
#
# Software: vad 1.0.2, numpy 2.2.6 (PyPI)
# Guess:    An array of shape (samples,), which the documentation of its methods names, and the same samples as one
#           channel of shape (1, samples), as many readers of sound files give them, are the same sound: a hum of the
#           mains is lowered by the pre-emphasis of 0.95, and apply_vad() gives back what is speech.
# Seen:     With (1, samples) the differences are taken between channels, of which there is one, so that the
#           pre-emphasis does nothing. With (samples,) apply_vad() raises IndexError.
# Output:   50 Hz as (16000,): speech in 0 of 49 frames
#           50 Hz as (1, 16000): speech in 49 of 49 frames
#           1 kHz for half a second: as (16000,) IndexError, as (1, 16000) cut to (1, 8000)
# Callbox:  detects no speech itself; the bot's VAD does (docs/microphone.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check vad==1.0.2 numpy==2.2.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
from vad import EnergyVAD

time = np.arange(16000) / 16000
hum = 0.3 * np.sin(2 * np.pi * 50 * time)
tone = np.where(time < 0.5, 0.1 * np.sin(2 * np.pi * 1000 * time), 0)


def cut(sound):
    try:
        return f"cut to {EnergyVAD().apply_vad(sound).shape}"
    except IndexError as error:
        return type(error).__name__


seen = []
for sound in (hum, hum[np.newaxis, :]):
    frames = EnergyVAD(energy_threshold=1)(sound)
    seen.append(int(frames.sum()))
    print(f"50 Hz as {sound.shape}: speech in {seen[-1]} of {len(frames)} frames")
seen += [cut(tone), cut(tone[np.newaxis, :])]
print(f"1 kHz for half a second: as (16000,) {seen[2]}, as (1, 16000) {seen[3]}")
if seen != [0, 49, "IndexError", "cut to (1, 8000)"]:
    sys.exit("changed: 0 and 49 frames, an error and half of the sound were expected")
PY
