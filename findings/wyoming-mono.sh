#!/usr/bin/env bash
# wyoming makes mono of stereo by adding the channels, and clips
#
# Software: wyoming 1.10.2
# Guess:    AudioChunkConverter(channels=1) makes one channel of two by their mean, as ALSA's plug and sox do: what is
#           in both channels alike comes out as it was.
# Seen:     It adds them: each voice is 6 dB louder, and whatever is above half of full scale is cut off. A microphone
#           board that sends its one capsule on both channels distorts.
# Output:   both channels 1000: mono 2000
#           both channels 12000: mono 24000
#           both channels 20000: mono 32767
# Callbox:  takes one channel of a microphone, never a sum (`microphone.channel` in docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming==1.10.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import array
import sys

from wyoming.audio import AudioChunk, AudioChunkConverter

seen = {}
for sample in (1000, 12000, 20000):
    chunk = AudioChunk(rate=16000, width=2, channels=2, audio=array.array("h", [sample, sample]).tobytes())
    mono = AudioChunkConverter(rate=16000, width=2, channels=1).convert(chunk)
    seen[sample] = array.array("h", mono.audio)[0]
    print(f"both channels {sample}: mono {seen[sample]}")
if seen != {1000: 2000, 12000: 24000, 20000: 32767}:
    sys.exit("changed: the sum was expected, and 32767 of 20000")
PY
