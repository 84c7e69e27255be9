#!/usr/bin/env bash
# pywebrtc-audio with everything off changes the sound
#
# Software: pywebrtc-audio 0.2.0, numpy 2.4.6
# Guess:    AudioProcessor with no stage on hands out what it is given, sample by sample: a program may leave it in the
#           path and switch stages by settings.
# Seen:     So it is at 16 kHz only. At 48 kHz an impulse comes 46 samples (1 ms) late and with 9 % less energy, at 8
#           kHz 24 samples (3 ms) late, and at 32 kHz spread over several samples: the sound goes through filters all
#           the same.
# Output:   8000 Hz: impulse 24 samples late, energy 0.81, the same samples: False
#           16000 Hz: impulse 0 samples late, energy 1.0, the same samples: True
#           32000 Hz: impulse 4 samples late, energy 1.0, the same samples: False
#           48000 Hz: impulse 46 samples late, energy 0.91, the same samples: False
# Callbox:  leaves the library out of the path where nothing is switched on (docs/decisions/0015).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pywebrtc-audio==0.2.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
from pywebrtc_audio import AudioProcessor

seen = {}
for rate in (8000, 16000, 32000, 48000):
    sound, period = np.zeros(rate, np.int16), rate // 100
    sound[rate // 2] = 20000
    processor = AudioProcessor(sample_rate=rate)
    out = np.concatenate([processor.process(sound[at : at + period]) for at in range(0, rate, period)]).astype(float)
    late = int(np.abs(out).argmax()) - rate // 2
    seen[rate] = (late, round(float((out**2).sum()) / 20000**2, 2), bool((out == sound).all()))
    print(f"{rate} Hz: impulse {late} samples late, energy {seen[rate][1]}, the same samples: {seen[rate][2]}")
if [same for _, _, same in seen.values()] != [False, True, False, False] or seen[48000][:2] != (46, 0.91):
    sys.exit("changed: the same samples were expected at 16 kHz only")
PY
