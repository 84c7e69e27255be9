#!/usr/bin/env bash
# opentone writes each sample of a key's tone twice as wide as its file says, so no key is heard
#
# Software: opentone 0.1.2, pydtmf 1.0.0 (PyPI)
# Guess:    ToneGenerator(duration=100, pause=100).dtmf_to_wave("123", path) writes the tones of three keys at 8 kHz, 600 ms
#           in all, in 16 bits as the file's header says: another decoder hears 123.
# Seen:     Each sample is written in 32 bits: the file lasts 1200 ms, each second sample is 0 or -1, and pydtmf hears
#           nothing. Every other sample alone gives 123. A star or a hash is KeyError.
# Output:   123: 16 bits, 1200 ms; pydtmf hears nothing; in each second sample 123
#           *: KeyError
# Callbox:  sends keys as RTVI messages, not as tones (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check opentone==0.1.2 pydtmf==1.0.0
cd "$tmp"
venv/bin/python -W ignore - <<'PY'
import struct
import sys
import wave

from opentone import ToneGenerator
from PyDTMF import from_pcm

generator = ToneGenerator(duration=100, pause=100)
generator.dtmf_to_wave("123", "keys.wav")
with wave.open("keys.wav") as sound:
    bits, rate, count = 8 * sound.getsampwidth(), sound.getframerate(), sound.getnframes()
    samples = [*struct.unpack(f"<{count}h", sound.readframes(count))]
heard = [from_pcm(part, sample_rate=rate, channels=1)[0] for part in (samples, samples[::2])]
print(f"123: {bits} bits, {1000 * count / rate:.0f} ms; pydtmf hears {heard[0] or 'nothing'}; in each second sample {heard[1]}")
try:
    generator.dtmf_to_wave("*", "star.wav")
    star = "none"
except KeyError as error:
    star = type(error).__name__
print(f"*: {star}")
if (count, heard, star) != (9600, ["", "123"], "KeyError"):
    sys.exit("changed: 9600 samples, nothing and KeyError were expected")
PY
