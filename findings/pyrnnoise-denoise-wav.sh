#!/usr/bin/env bash
# pyrnnoise can't denoise a WAV file with the audiolab that it brings
#
# Software: pyrnnoise 0.4.5, audiolab 0.5.2, numpy 2.4.6
# Guess:    denoise_wav(), the example of its documentation, writes a second of 48 kHz denoised into another file, with
#           what "pip install pyrnnoise" installs.
# Seen:     It raises AttributeError for an attribute of audiolab's reader, which this version, the
#           oldest that pyrnnoise takes, hasn't got. The command "denoise" ends in the same way. denoise_chunk() works.
# Output:   denoise_chunk(): 48000 samples
#           denoise_wav(): AttributeError: 'Reader' object has no attribute 'rate'
# Callbox:  reduces noise with WebRTC's audio processing (`sound.noise_suppression`, docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyrnnoise==0.4.5 audiolab==0.5.2 numpy==2.4.6
venv/bin/python -W ignore - 2> log <<'PY' || { cat log; exit 1; }
import sys
import wave

import numpy
from pyrnnoise import RNNoise

SOUND = (8000 * numpy.sin(2 * numpy.pi * 300 * numpy.arange(48000) / 48000)).astype("int16")
with wave.open("in.wav", "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(48000)
    file.writeframes(SOUND.tobytes())
chunk = sum(sound.shape[1] for _, sound in RNNoise(48000).denoise_chunk(SOUND[None, :], partial=True))
print(f"denoise_chunk(): {chunk} samples")
try:
    list(RNNoise(48000).denoise_wav("in.wav", "out.wav"))
    seen = "done"
except AttributeError as error:
    seen = f"AttributeError: {error}"
print("denoise_wav():", seen)
if chunk != 48000 or seen == "done":
    sys.exit("changed: AttributeError was expected of denoise_wav()")
PY
