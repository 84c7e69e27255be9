#!/usr/bin/env bash
# miniaudio writes a WAV file with floats that says that they are integers
#
# Software: miniaudio 1.71 (PyPI), soundfile 0.14.0 as a reader
# Guess:    wav_write_file() of a sound with the sample format FLOAT32 writes a file with format tag 3, IEEE float: 0.5 is
#           read as 0.5.
# Seen:     The tag is 1, PCM, with 32 bits: each reader, also its own, takes the bits of a float for an integer. 0.5 is
#           0.4921875, and so is nearly whatever is louder than 1/8: speech becomes noise at full scale.
# Output:   SIGNED16: tag 1, 16 bits, read as [0.0, 0.125, 0.5, -0.5]
#           FLOAT32: tag 1, 32 bits, read as [0.0, 0.484375, 0.4921875, -0.5078125]
# Callbox:  plays what FFmpeg decodes (firmware/callbox/audio/playout/sound_file.py), and writes WAV files of 16 bits.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check miniaudio==1.71 soundfile==0.14.0
cd "$tmp"
venv/bin/python -W ignore - <<'PY'
import array
import struct
import sys
from pathlib import Path

import miniaudio
import soundfile

SAMPLES = [0.0, 0.125, 0.5, -0.5]
seen = {}
for code, scale, kind in (("h", 32768, miniaudio.SampleFormat.SIGNED16), ("f", 1.0, miniaudio.SampleFormat.FLOAT32)):
    samples = array.array(code, [type(scale)(sample * scale) for sample in SAMPLES])
    miniaudio.wav_write_file("out.wav", miniaudio.DecodedSoundFile("sound", 1, 8000, kind, samples))
    header = Path("out.wav").read_bytes()
    tag, bits = struct.unpack_from("<H", header, 20)[0], struct.unpack_from("<H", header, 34)[0]
    sound, _ = soundfile.read("out.wav")
    seen[kind.name] = (tag, bits, sound.tolist())
    print(f"{kind.name}: tag {tag}, {bits} bits, read as {sound.tolist()}")
if seen["SIGNED16"][2] != SAMPLES or seen["FLOAT32"][:2] != (1, 32):
    sys.exit("changed: the tag of integers was expected of floats")
PY
