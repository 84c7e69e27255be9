#!/usr/bin/env bash
# audioread makes noise of a WAV file with 8 bits
#
# Software: audioread 3.1.0
# Guess:    Samples of 8 bits in a WAV file are unsigned, 128 is silence ("Multimedia Programming Interface and Data
#           Specifications 1.0", 1991, PCM format): as the 16 bits that audioread promises, silence is 0.
# Seen:     It takes the octets for signed ones: silence is -32768, and a quiet tone jumps between the ends of the range.
#           24 and 32 bits are right.
# Output:   8 bits: silence -32768, tone of 1/8 from -32768 to 32512
#           16 bits: silence 0, tone of 1/8 from -4096 to 4096
#           24 bits: silence 0, tone of 1/8 from -4096 to 4096
# Callbox:  plays what FFmpeg decodes (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check audioread==3.1.0
cd "$tmp"
venv/bin/python -W ignore - <<'PY'
import array
import math
import sys
import wave

import audioread


def read(name, samples, octets):
    """Minimum and maximum of what is read of these samples, from -1 to 1."""
    with wave.open(name, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(octets)
        file.setframerate(8000)
        top = 2 ** (8 * octets - 1)
        levels = [min(round(sample * top), top - 1) for sample in samples]
        if octets == 1:
            file.writeframes(bytes(level + 128 for level in levels))
        else:
            file.writeframes(b"".join(level.to_bytes(octets, "little", signed=True) for level in levels))
    with audioread.audio_open(name) as file:
        sound = array.array("h", b"".join(file))
    return min(sound), max(sound)


SILENCE = [0.0] * 800
TONE = [math.sin(math.tau * sample / 80) / 8 for sample in range(800)]
seen = {}
for octets in (1, 2, 3):
    (low, high), tone = read("silence.wav", SILENCE, octets), read("tone.wav", TONE, octets)
    assert low == high
    seen[octets] = (low, *tone)
    print(f"{8 * octets} bits: silence {low}, tone of 1/8 from {tone[0]} to {tone[1]}")
if seen[1] != (-32768, -32768, 32512) or seen[2][0] or seen[3][0]:
    sys.exit("changed: noise of 8 bits was expected")
PY
