#!/usr/bin/env bash
# Pipecat tells no audio level between 0 and 0.4, so a meter jumps at its lower end
#
# Software: pipecat-ai 1.14.0, its AudioVolumeTracker, which user-audio-level and bot-audio-level of RTVI tell
# Guess:    The volume is "between 0 (quiet) and 1 (loud)", where -110 LUFS is 0 and -10 LUFS is 1 (comment in its source):
#           a sound that fades out goes down to 0 in small steps.
# Seen:     BS.1770 leaves out what is below -70 LUFS, so nothing can be measured there, and all of it is 0. The values
#           between 0 and 0.4 are never told, of speech as of tones, though the samples below -70 LUFS aren't zeros.
# Output:   -50 dBFS: 0.57
#           -60 dBFS: 0.47
#           -66 dBFS: 0.41
#           -68 dBFS: 0.00 (peak of the samples: 13)
#           -74 dBFS: 0.00 (peak of the samples: 6)
# Callbox:  its UserAudioLevel and BotAudioLevel are the messages as they come (docs/client.md); lamps measure by themselves.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soxr==1.0.0 \
  wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
from pipecat.audio.volume import AudioVolumeTracker

tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
volumes = []
for level in (-50, -60, -66, -68, -74):
    samples = (tone * 32768 * 10 ** (level / 20)).astype(np.int16)
    tracker = AudioVolumeTracker()
    tracker.update(samples.tobytes(), 16000)
    volumes.append(tracker.volume)
    peak = f" (peak of the samples: {samples.max()})" if not tracker.volume else ""
    print(f"{level} dBFS: {tracker.volume:.2f}{peak}")
if not all(volumes[:3]) or min(volumes[:3]) < 0.4 or any(volumes[3:]):
    sys.exit("changed: no volume between 0 and 0.4 was expected")
PY
