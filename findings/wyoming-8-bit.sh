#!/usr/bin/env bash
# wyoming makes a click of each zero crossing when it resamples 8 bits, and silence of half of a wave when it makes mono
#
# Software: wyoming 1.10.2, its AudioChunkConverter
# Guess:    "Converts sample rate, width, and channels as necessary". Samples of 8 bits have no sign, 128 is silence, which it
#           knows when it makes 16 bits of them.
# Seen:     Without a change of the width it treats them as if they had a sign: between 130 and 120 it finds 247, and the sum
#           of a sound above 128 and a silent channel is as low as it can be, which is 128 without a sign.
# Output:   8 kHz to 16 kHz: 150 140 130 247 109 100 (0 clicks with width=2, 174 without)
#           two channels to one: 128 148 166 180 becomes 128 128 128 128, 109 91 becomes 237 219
# Callbox:  sends 16 bits (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming==1.10.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import math
import sys

from wyoming.audio import AudioChunk, AudioChunkConverter

tone = bytes(round(128 + 60 * math.sin(2 * math.pi * 440 * i / 8000)) for i in range(800))


def clicks(samples):
    return sum(abs(a - b) > 60 for a, b in zip(samples, samples[1:]))


same_width = list(AudioChunkConverter(rate=16000).convert(AudioChunk(8000, 1, 1, tone)).audio)
wide = AudioChunkConverter(rate=16000, width=2).convert(AudioChunk(8000, 1, 1, tone)).audio
with_16_bits = [sample / 256 for sample in memoryview(wide).cast("h")]
counts = clicks(with_16_bits), clicks(same_width)
print(f"8 kHz to 16 kHz: {' '.join(map(str, same_width[16:22]))} ({counts[0]} clicks with width=2, {counts[1]} without)")
stereo = bytes(value for sample in tone for value in (sample, 128))
mono = AudioChunkConverter(channels=1).convert(AudioChunk(8000, 1, 2, stereo)).audio
high, low = slice(0, 4), slice(10, 12)
words = [" ".join(map(str, samples[part])) for part in (high, low) for samples in (tone, mono)]
print(f"two channels to one: {words[0]} becomes {words[1]}, {words[2]} becomes {words[3]}")
if counts[0] or not counts[1] or set(mono[high]) != {128}:
    sys.exit("changed: clicks, and silence of what is above 128 were expected")
PY
