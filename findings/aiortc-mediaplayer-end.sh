#!/usr/bin/env bash
# aiortc's MediaPlayer swallows the end of a sound
#
# Software: aiortc 1.16.0, PyAV 18.1.0
# Guess:    MediaPlayer plays a WAV file to its end: a chime of 310 ms comes out as 16 frames of 20 ms, the last one
#           filled up with silence, or as 15 and one of 10 ms.
# Seen:     What doesn't fill a frame of 20 ms is never handed out: 310 ms come out as 300. Of a file at 8 kHz, which is
#           resampled, a whole frame more is missing although 300 ms are 15 full frames.
# Output:   file of 310 ms at 48000 Hz: 300 ms played
#           file of 310 ms at 16000 Hz: 300 ms played
#           file of 300 ms at 8000 Hz: 280 ms played
# Callbox:  reads WAV files by itself; firmware/callbox/sound/wav.py at the time of writing.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys
import tempfile
import wave
from pathlib import Path

from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError


async def played_ms(path):
    player, samples = MediaPlayer(str(path)), 0
    try:
        while True:
            samples += (await player.audio.recv()).samples
    except MediaStreamError:
        return samples / 48


async def main():
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        for rate, length_ms in ((48000, 310), (16000, 310), (8000, 300)):
            path = Path(folder, "chime.wav")
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(rate)
                file.writeframes(b"\x10\x27" * (rate * length_ms // 1000))
            seen[rate, length_ms] = await played_ms(path)
            print(f"file of {length_ms} ms at {rate} Hz: {seen[rate, length_ms]:.0f} ms played")
    if seen != {(48000, 310): 300, (16000, 310): 300, (8000, 300): 280}:
        sys.exit("changed: 300, 300 and 280 ms were expected")


asyncio.run(main())
PY
