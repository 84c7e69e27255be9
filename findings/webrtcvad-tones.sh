#!/usr/bin/env bash
# webrtcvad takes each tone of a telephone for speech, however aggressive it is
#
# Software: webrtcvad 2.0.10 (with setuptools 79.0.1, which it needs and doesn't say), numpy 2.4.6
# Guess:    Mode 3 is "the most aggressive about filtering out non-speech": a steady tone, as a dialling tone, a
#           ringing tone or a key's DTMF, or the hum of the mains, isn't speech after a moment.
# Seen:     All of them are speech in nearly each frame, in mode 3 as in mode 0. A bot that waits until the caller is
#           silent waits as long as the line hums.
# Output:   dialling tone, 425 Hz: speech in 100 % of the frames in mode 0, 100 % in mode 3
#           a key's DTMF: speech in 100 % of the frames in mode 0, 100 % in mode 3
#           hum, 50 Hz: speech in 100 % of the frames in mode 0, 97 % in mode 3
#           silence: speech in 0 % of the frames in mode 0, 0 % in mode 3
# Callbox:  leaves it to the bot when somebody speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check setuptools==79.0.1 wheel==0.45.1 numpy==2.4.6
"$tmp/venv/bin/pip" install -q --disable-pip-version-check webrtcvad==2.0.10
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
import webrtcvad

SECONDS = np.arange(2 * 16000) / 16000
SOUNDS = {
    "dialling tone, 425 Hz": 8000 * np.sin(2 * np.pi * 425 * SECONDS),
    "a key's DTMF": 4000 * (np.sin(2 * np.pi * 770 * SECONDS) + np.sin(2 * np.pi * 1336 * SECONDS)),
    "hum, 50 Hz": 8000 * np.sin(2 * np.pi * 50 * SECONDS),
    "silence": 0 * SECONDS,
}


def speech_percent(sound, mode):
    """In how many percent of its frames of 30 ms a sound is speech."""
    vad, samples = webrtcvad.Vad(mode), sound.astype(np.int16)
    frames = [samples[start : start + 480].tobytes() for start in range(0, len(samples) - 479, 480)]
    return round(100 * sum(vad.is_speech(frame, 16000) for frame in frames) / len(frames))


seen = {name: (speech_percent(sound, 0), speech_percent(sound, 3)) for name, sound in SOUNDS.items()}
for name, (gentle, aggressive) in seen.items():
    print(f"{name}: speech in {gentle} % of the frames in mode 0, {aggressive} % in mode 3")
if any(percent < 90 for percent in [both[1] for both in seen.values()][:3]) or seen["silence"] != (0, 0):
    sys.exit("changed: each tone was expected to be speech in mode 3, too")
PY
