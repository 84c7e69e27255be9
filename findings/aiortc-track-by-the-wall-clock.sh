#!/usr/bin/env bash
# aiortc's audio track stops when the clock is set back, and bursts when it is set forward
#
# Software: aiortc 1.16.0
# Guess:    AudioStreamTrack.recv() gives 20 ms each 20 ms: a track is paced by a clock that only goes forward, as W3C's
#           times are (High Resolution Time), whatever NTP does to the time of day.
# Seen:     It is paced by time.time(). A Raspberry Pi without a clock of its own starts in the past: when NTP sets its
#           clock forward by ten seconds in a call, ten seconds of frames are handed out at once; set back by three, none
#           comes for three seconds. (Here time.time() is replaced, as the clock of the machine can't be set.)
# Output:   clock left alone: 50 frames take 1.0 s
#           clock set forward by 10 s: 50 frames take 0.0 s
#           clock set back by 3 s: 50 frames take 4.0 s
# Callbox:  paces what it sends by the sound card, and lets aiortc measure by the monotonic clock.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys
import time
from unittest import mock

from aiortc.mediastreams import AudioStreamTrack

time_of_day = time.time


async def taken(step_s):
    """How many seconds 50 frames of 20 ms take after the clock has been set by `step_s`."""
    track = AudioStreamTrack()
    for _ in range(10):
        await track.recv()
    began = time.monotonic()
    with mock.patch("time.time", lambda: time_of_day() + step_s):
        for _ in range(50):
            await track.recv()
    return round(time.monotonic() - began, 1)


seen = {step_s: asyncio.run(taken(step_s)) for step_s in (0, 10, -3)}
for step_s, seconds in seen.items():
    how = f"set {'forward' if step_s > 0 else 'back'} by {abs(step_s)} s" if step_s else "left alone"
    print(f"clock {how}: 50 frames take {seconds} s")
if not 0.8 < seen[0] < 1.5 or seen[10] > 0.5 or seen[-3] < 3.5:
    sys.exit("changed: the frames were expected to follow the time of day")
PY
