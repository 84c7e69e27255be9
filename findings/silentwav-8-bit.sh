#!/usr/bin/env bash
# silentwav's silence in 8 bits is a level of full scale that lasts twice as long, and in stereo half as long
#
# Software: silentwav 0.10, touchtouch 0.11 (PyPI), Python's wave
# Guess:    create_silent_wav() writes a file of the duration that it is given, silent for whoever plays it, with any
#           number of channels and any width that are its parameters: in 8 bits silence is 128 (Multimedia Programming
#           Interface and Data Specifications 1.0, "Data Format").
# Seen:     It writes two octets of 0 for each frame, whatever a frame is. In 8 bits 0 is the largest negative sample,
#           which clicks at both ends, and there are two frames of it for one.
# Output:   2 s in 16 bits: 2.0 s, samples of 0
#           2 s in 16 bits, stereo: 1.0 s, samples of 0
#           2 s in 8 bits: 4.0 s, samples of -128
#           2 s in 24 bits: 1.333 s, samples of 0
# Callbox:  needs no file for silence; its own sounds are PCM of 16 bits (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check silentwav==0.10 touchtouch==0.11
"$tmp/venv/bin/python" -W ignore - "$tmp/silence.wav" <<'PY'
import sys
import wave

from silentwav import create_silent_wav

seen = []
for name, options in (
    ("16 bits", {}),
    ("16 bits, stereo", {"num_channels": 2}),
    ("8 bits", {"sample_width": 1}),
    ("24 bits", {"sample_width": 3}),
):
    create_silent_wav(sys.argv[1], 2, 8000, **options)
    with wave.open(sys.argv[1]) as file:
        duration = round(file.getnframes() / file.getframerate(), 3)
        first = file.readframes(1)[0] - (128 if file.getsampwidth() == 1 else 0)
    seen.append((duration, first))
    print(f"2 s in {name}: {duration} s, samples of {first}")
if seen != [(2.0, 0), (1.0, 0), (4.0, -128), (1.333, 0)]:
    sys.exit("changed: 2, 1, 4 and 1.333 s were expected")
PY
