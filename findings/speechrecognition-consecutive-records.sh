#!/usr/bin/env bash
# SpeechRecognition loses a quarter of a recording that is read second by second
#
# Software: SpeechRecognition 3.17.0
# Guess:    record(source, duration=1) is one second, and the next call goes on where it ended: its documentation says
#           that it records up to duration seconds from the source.
# Seen:     It reads chunks of 4096 samples, keeps those that fit, and drops the one that doesn't: at 16 kHz there are
#           0.768 s of each 1.024 s, and 0.256 s are in none of them. offset=1 begins at 0.768 s.
# Output:   samples 0 to 12287, 16384 to 28671, 32768 to 45055
#           offset of 1 s: begins at 12288
# Callbox:  reads its sounds itself.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check SpeechRecognition==3.17.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import array
import io
import sys
import wave

import speech_recognition

samples = array.array("h", (number // 4 for number in range(3 * 16000)))
file = io.BytesIO()
with wave.open(file, "wb") as sound:
    sound.setparams((1, 2, 16000, 0, "NONE", ""))
    sound.writeframes(samples.tobytes())
recognizer = speech_recognition.Recognizer()


def part(source, **options):
    """First and last sample number of what is recorded, in steps of 4."""
    data = array.array("h", recognizer.record(source, duration=1, **options).get_raw_data())
    return 4 * data[0], 4 * data[-1] + 3


file.seek(0)
with speech_recognition.AudioFile(file) as source:
    parts = [part(source) for _ in range(3)]
print("samples", ", ".join(f"{first} to {last}" for first, last in parts))
file.seek(0)
with speech_recognition.AudioFile(file) as source:
    offset, _ = part(source, offset=1)
print("offset of 1 s: begins at", offset)
if [first for first, _ in parts] != [0, 16384, 32768] or parts[0][1] != 12287 or offset != 12288:
    sys.exit("changed: gaps of 4096 samples were expected")
PY
