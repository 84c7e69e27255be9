#!/usr/bin/env bash
# webrtc-noise-gain amplifies alike whatever number of auto gain it is given
#
# Software: webrtc-noise-gain 1.3.0, numpy 2.4.6
# Guess:    auto_gain_dbfs, 0 to 31, is the level that the gain control aims at, as wyoming-satellite's --mic-auto-gain
#           hands it on: 3 is another loudness than 31. Numbers outside of the documented ranges are errors.
# Seen:     Each number but 0 makes the same samples: it is a switch. 32 is taken too, as are noise suppression levels
#           above 4. A microphone can't be set louder or quieter by it.
# Output:   auto gain 0: tone of -33.3 dBFS becomes -33.3 dBFS
#           auto gain 1: tone of -33.3 dBFS becomes -22.5 dBFS
#           auto gain 31: tone of -33.3 dBFS becomes -22.5 dBFS
#           auto gain 32: tone of -33.3 dBFS becomes -22.5 dBFS
#           the same samples at 1, 3, 10, 31 and 32: True
# Callbox:  its gain control (`sound.gain_control`) is another library's, on or off (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check webrtc-noise-gain==1.3.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
from webrtc_noise_gain import AudioProcessor

TONE = (1000 * np.sin(2 * np.pi * 440 * np.arange(5 * 16000) / 16000)).astype(np.int16)


def processed(auto_gain):
    processor = AudioProcessor(auto_gain, 0)
    frames = [processor.Process10ms(TONE[start : start + 160].tobytes()).audio for start in range(0, len(TONE), 160)]
    return np.frombuffer(b"".join(frames), np.int16)


def dbfs(sound):
    """The level of the last second."""
    return round(20 * np.log10(np.sqrt(np.mean(sound[-16000:].astype(float) ** 2)) / 32768), 1)


seen = {auto_gain: processed(auto_gain) for auto_gain in (0, 1, 3, 10, 31, 32)}
for auto_gain in (0, 1, 31, 32):
    print(f"auto gain {auto_gain}: tone of {dbfs(TONE)} dBFS becomes {dbfs(seen[auto_gain])} dBFS")
same = all((seen[1] == seen[auto_gain]).all() for auto_gain in (3, 10, 31, 32))
print("the same samples at 1, 3, 10, 31 and 32:", same)
if not same or dbfs(seen[1]) < dbfs(seen[0]) + 5:
    sys.exit("changed: the same gain was expected at each number but 0")
PY
