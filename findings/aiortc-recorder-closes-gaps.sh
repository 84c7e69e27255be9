#!/usr/bin/env bash
# aiortc's MediaRecorder leaves the pauses of a track out of a WAV file
#
# Software: aiortc 1.16.0, PyAV 18.1.0 with its FFmpeg
# Guess:    A track whose sound pauses for half a second, with the pause in the pts of its frames, is recorded as long
#           as it was: the WAV file has silence there, and what is behind the pause is at its time.
# Seen:     The pause is missing: what comes behind it begins at once. With a bot that is silent most of a call a
#           recording of minutes has seconds, and two recordings of one call don't fit together.
# Output:   0.4 s of sound, a pause of 0.5 s, 0.4 s of sound: recorded 0.8 s
# Callbox:  has no MediaRecorder. Its own playout fills pauses with silence.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import sys
import tempfile
import wave
from pathlib import Path

import av
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRecorder
from aiortc.mediastreams import MediaStreamError

RATE, FRAME = 48000, 960


class Paused(MediaStreamTrack):
    """0.4 s of sound, 0.5 s of nothing, 0.4 s of sound."""

    kind = "audio"
    number = -1

    async def recv(self):
        self.number += 1
        if self.number == 40:
            self.stop()
            raise MediaStreamError
        await asyncio.sleep(0.52 if self.number == 20 else 0.02)
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(bytes(2 * FRAME))
        frame.sample_rate, frame.time_base = RATE, fractions.Fraction(1, RATE)
        frame.pts = self.number * FRAME + (RATE // 2 if self.number >= 20 else 0)
        return frame


async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "call.wav")
        recorder = MediaRecorder(str(path))
        recorder.addTrack(Paused())
        await recorder.start()
        await asyncio.sleep(2)
        await recorder.stop()
        with wave.open(str(path)) as file:
            seconds = file.getnframes() / file.getframerate()
    print(f"0.4 s of sound, a pause of 0.5 s, 0.4 s of sound: recorded {seconds:.1f} s")
    if not 0.7 < seconds < 0.9:
        sys.exit("changed: 0.8 s were expected")


asyncio.run(main())
PY
