#!/usr/bin/env bash
# ALSA's plug makes one channel of two by their mean: channels of opposite phase become silence
#
# Software: libasound2 of Debian 12 (1.2.8), pyalsaaudio 0.11.0
# Guess:    A program that asks a stereo card for one channel by `plug` (as `default` and `plughw` do) hears what a
#           microphone hears. Balanced inputs and some two-microphone boards give the same signal with opposite signs.
# Seen:     Every sample is 0, without an error or a warning.
# Output:   peak of one channel: 8000 with equal channels, 0 with opposite ones
# Callbox:  asks for all channels of a card and takes the loudest, or `microphone.channel`.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyalsaaudio==0.11.0
cat >asound.conf <<CONF
pcm.nothing { type null }
pcm.stereo { type file slave.pcm "nothing" file "/dev/null" infile "$tmp/stereo.raw" format "raw" }
pcm.mono { type plug slave { pcm "stereo" channels 2 rate 48000 format S16_LE } }
CONF
ALSA_CONFIG_PATH=$tmp/asound.conf venv/bin/python - <<'PY'
import array
import math
import sys

import alsaaudio

RATE, PERIOD = 48000, 960


def peak(left, right):
    """Peak of one channel read through plug, of a card whose channels are a tone with these signs."""
    samples = array.array("h")
    for frame in range(RATE):
        value = round(8000 * math.sin(2 * math.pi * 440 * frame / RATE))
        samples += array.array("h", (left * value, right * value))
    with open("stereo.raw", "wb") as file:
        samples.tofile(file)
    pcm = alsaaudio.PCM(
        alsaaudio.PCM_CAPTURE, device="mono", rate=RATE, channels=1, format=alsaaudio.PCM_FORMAT_S16_LE, periodsize=PERIOD
    )
    found = max(max(map(abs, array.array("h", pcm.read()[1]))) for _ in range(10))
    pcm.close()
    return found


same, opposite = peak(1, 1), peak(1, -1)
print(f"peak of one channel: {same} with equal channels, {opposite} with opposite ones")
if same < 7000 or opposite > 1:
    sys.exit("changed: 8000 and 0 were expected")
PY
