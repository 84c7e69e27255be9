#!/usr/bin/env bash
# robotframework-parrot-dtmf finds no key in a clean recording of tones, and writes its own ones as noise
#
# Software: robotframework-parrot-dtmf 1.0.2, numpy 1.26.4, robotframework 7.5, pydub 0.25.1 (PyPI)
# Guess:    Verify DTMF Tone decodes a recording of 1243: two sines of one level for each key, 250 ms long, as its own
#           generator makes them, in 16 bits. What DTMF Generator writes is a WAV file as it says in its header.
# Seen:     It takes for silence what is 4 dB below the highest sample, by the level of 10 ms; but two sines of one
#           level have 6 dB less than their highest sample, so that each clean tone is silence. The generator writes
#           floats up to 2.0 and calls them integers of 32 bits, which is noise for others: in that noise it finds its
#           keys, except in 0*#.
# Output:   Verified DTMF Tone 1 2 4 3
#           a clean recording of 1243: Failed to Verify DTMF Tone
#           its own file of 1243: verified, its own file of 0*#: Failed to Verify DTMF Tone
#           its own file says format 1 with 32 bits; as floats its highest sample is 2.00
# Callbox:  hears no keys in the sound: a digit goes to the bot as RTVI's dtmf message.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check robotframework-parrot-dtmf==1.0.2 numpy==1.26.4 \
  robotframework==7.5 pydub==0.25.1
cd "$tmp" && "$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys
import wave

import numpy as np
from parrot.DTMF import DTMF, Error

RATE = 16000
KEYS = {"1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209)}


def verify(sequence, path):
    try:
        DTMF().verify_dtmf_seq(sequence, path)
    except Error as error:
        return str(error)
    return "verified"


seconds = np.arange(RATE // 4) / RATE
sound = np.concatenate(
    [
        np.concatenate([np.zeros(RATE // 4), sum(0.45 * np.sin(2 * np.pi * hz * seconds) for hz in KEYS[key])])
        for key in "1243"
    ]
)
with wave.open("clean.wav", "wb") as file:
    file.setparams((1, 2, RATE, 0, "NONE", ""))
    file.writeframes((sound * 32767).astype("<i2").tobytes())
seen = [verify("1243", "clean.wav")]
for sequence, path in (("1243", "own.wav"), ("0*#", "other.wav")):
    DTMF().dtmf_generator(sequence, path)
    seen.append(verify(sequence, path))
with open("own.wav", "rb") as file:
    header, floats = file.read(44), np.frombuffer(file.read(), "<f4")
kind, bits = struct.unpack_from("<H12xH", header, 20)
print(f"a clean recording of 1243: {seen[0]}")
print(f"its own file of 1243: {seen[1]}, its own file of 0*#: {seen[2]}")
print(f"its own file says format {kind} with {bits} bits; as floats its highest sample is {np.abs(floats).max():.2f}")
failed = "Failed to Verify DTMF Tone"
if seen != [failed, "verified", failed] or (kind, bits) != (1, 32):
    sys.exit("changed: no key in the clean recording and 0*#, and format 1 with 32 bits, were expected")
PY
