#!/usr/bin/env bash
# LiveKit's AudioMixer mixes frames of any sample rate as if they had its own
#
# Software: livekit 1.2.1 (Python)
# Guess:    AudioMixer(48000, 1) resamples a stream whose frames say 24000 Hz, or refuses it: each AudioFrame tells its
#           rate, and a bot's voice and a ringing tone have different ones.
# Seen:     The frames' rate isn't looked at: one second of 24 kHz becomes half a second, an octave higher, and one of
#           8 kHz a sixth. No error, no warning.
# Output:   1 s at 48000 Hz: 1.0 s at 48000 Hz
#           1 s at 24000 Hz: 0.5 s at 48000 Hz
#           1 s at 8000 Hz: 0.2 s at 48000 Hz
# Callbox:  its sounds and the bot's voice are 48 kHz before they are mixed.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check livekit==1.2.1 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import os
import sys

import numpy as np
from livekit import rtc


async def mixed_seconds(rate):
    """How long one second at a rate is in the output of a mixer of 48 kHz."""

    async def second():
        for _ in range(100):
            sound = np.full(rate // 100, 1000, np.int16)
            yield rtc.AudioFrame(sound.tobytes(), rate, 1, rate // 100)

    mixer = rtc.AudioMixer(48000, 1)
    mixer.add_stream(second())
    mixer.end_input()
    samples = 0
    async with asyncio.timeout(30):
        async for frame in mixer:
            assert frame.sample_rate == 48000
            samples += np.count_nonzero(np.frombuffer(frame.data, np.int16))
    return round(samples / 48000, 1)


seen = {rate: asyncio.run(mixed_seconds(rate)) for rate in (48000, 24000, 8000)}
for rate, seconds in seen.items():
    print(f"1 s at {rate} Hz: {seconds} s at 48000 Hz")
same = list(seen.values()) == [1.0, 0.5, 0.2]
if not same:
    print("changed: half a second and a sixth were expected of 24 and 8 kHz", file=sys.stderr)
sys.stdout.flush()
os._exit(0 if same else 1)  # its native part may keep the interpreter from ending
PY
