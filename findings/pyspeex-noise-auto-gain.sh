#!/usr/bin/env bash
# pyspeex-noise silences what it is to amplify
#
# Software: pyspeex-noise 2.0.1 (PyPI; of Home Assistant's voice programs), NumPy 2.3.5
# Guess:    AudioProcessor(), or with the README's values, auto_gain=4000 and noise_suppression=-30: speech is brought to one level,
#           noise is made quieter.
# Seen:     With any gain but 0 the output is silence: samples of -1 to 1, whatever the input is. With auto_gain=0 sound comes
#           through.
# Output:   AudioProcessor(): 4000 becomes 0
#           AudioProcessor(auto_gain=16000, noise_suppression=0): 4000 becomes 0
#           AudioProcessor(auto_gain=0, noise_suppression=0): 4000 becomes 4000
# Callbox:  its gain control (`sound.gain_control`) is another library's (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check pyspeex-noise==2.0.1 numpy==2.3.5
cat > "$tmp/levels.py" <<'PY'
import sys

import numpy as np
from pyspeex_noise import AudioProcessor

EXPECTED = {
    "AudioProcessor()": 0,
    "AudioProcessor(auto_gain=16000, noise_suppression=0)": 0,
    "AudioProcessor(auto_gain=0, noise_suppression=0)": 4000,
}


def rms(sound):
    return round(float(np.sqrt((sound.astype(float) ** 2).mean())))


times = np.arange(5 * 16000) / 16000
syllables = 8000 * np.sin(2 * np.pi * 300 * times) * (np.sin(2 * np.pi * 3 * times) > 0)
pcm = syllables.astype("<i2")
changed = False
for made, expected in EXPECTED.items():
    processor = eval(made)
    out = b"".join(processor.process_10ms(pcm[at : at + 160].tobytes()) for at in range(0, len(pcm), 160))
    seen = rms(np.frombuffer(out, "<i2"))
    print(f"{made}: {rms(pcm)} becomes {seen}")
    changed |= seen != expected
sys.exit("changed: silence was expected of the first two" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/levels.py"
