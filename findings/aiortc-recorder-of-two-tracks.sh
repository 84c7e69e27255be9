#!/usr/bin/env bash
# aiortc's MediaRecorder writes nothing at all when a WAV file gets two tracks
#
# Software: aiortc 1.16.0, PyAV 18.1.0 with its FFmpeg
# Guess:    A call is recorded with both its tracks, the microphone's and the bot's: MediaRecorder takes any number of
#           tracks. A WAV file holds one stream, so the second addTrack() or start() raises, or the tracks are mixed.
# Seen:     addTrack(), start() and stop() return as if all were well, nothing is logged, and the file has 0 bytes. An
#           Ogg file gets both, as two streams side by side, of which a player plays one.
# Output:   WAV, one track: more than a header: True
#           WAV, two tracks: 0 bytes, log: []
#           Ogg, two tracks: 2 streams
# Callbox:  has no MediaRecorder; a recording of a call is the bot's (Pipecat).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import logging
import sys
import tempfile
from pathlib import Path

import av
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRecorder
from aiortc.mediastreams import MediaStreamError


class Tone(MediaStreamTrack):
    """20 ms of a constant each time, `count` times at most."""

    kind = "audio"

    def __init__(self, rate=48000, count=10**6):
        super().__init__()
        self.rate, self.left, self.pts = rate, count, 0

    async def recv(self):
        if not self.left:
            self.stop()
            raise MediaStreamError
        self.left -= 1
        await asyncio.sleep(0.02)
        samples = self.rate // 50
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(bytes(2 * samples))
        frame.sample_rate, frame.pts, frame.time_base = self.rate, self.pts, fractions.Fraction(1, self.rate)
        self.pts += samples
        return frame


async def recorded(path, count):
    recorder = MediaRecorder(str(path))
    for _ in range(count):
        recorder.addTrack(Tone())
    await recorder.start()
    await asyncio.sleep(1)
    await recorder.stop()
    return path.stat().st_size


async def main():
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    with tempfile.TemporaryDirectory() as folder:
        one, two = [await recorded(Path(folder, f"{count}.wav"), count) for count in (1, 2)]
        both = Path(folder, "2.ogg")
        await recorded(both, 2)
        with av.open(str(both)) as file:
            streams = len(file.streams.audio)
    print(f"WAV, one track: more than a header: {one > 10_000}")
    print(f"WAV, two tracks: {two} bytes, log: {records}")
    print(f"Ogg, two tracks: {streams} streams")
    if one < 10_000 or two:
        sys.exit("changed: an empty file was expected of two tracks")


asyncio.run(main())
PY
