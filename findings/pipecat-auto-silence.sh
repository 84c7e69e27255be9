#!/usr/bin/env bash
# Pipecat's track without automatic silence sends the voice after a pause all at once
#
# Software: pipecat-ai 1.14.0, its SmallWebRTC transport
# Guess:    audio_out_auto_silence=False saves the packets of silence: the track waits until there is voice, and hands it
#           out at its own pace, as with True.
# Seen:     It hands out what was missed while it waited as fast as it is asked: its clock counts the frames that it
#           has handed out, and believes itself late by the whole pause. Two seconds of voice after a pause of three
#           seconds leave within milliseconds, with time stamps that are continuous, and overflow a jitter buffer.
# Output:   auto_silence=True: 2 s of voice within 2.0 s, time stamps over 2.0 s
#           auto_silence=False: 2 s of voice within 0.0 s, time stamps over 2.0 s
# Callbox:  its jitter buffer holds 2 s; docs/client.md tells to leave the setting on.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 aioice==0.13.0 \
  aiortc==1.16.0 av==18.1.0 docstring_parser==0.18.0 fastapi==0.165.0 httpx==0.28.1 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 \
  soxr==1.0.0 wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
import time

import numpy as np
from pipecat.transports.smallwebrtc.transport import RawAudioTrack

SECOND = np.full(16000, 1000, np.int16).tobytes()


async def voice_after_a_pause(auto_silence):
    """How long two seconds of voice take to leave, and over how many seconds their time stamps are."""
    track, voice = RawAudioTrack(16000, auto_silence), []

    async def ask():
        while True:
            frame = await track.recv()
            if frame.to_ndarray().any():
                voice.append((time.monotonic(), frame.pts / 16000))

    task = asyncio.create_task(ask())
    await track.add_audio_bytes(SECOND)
    await asyncio.sleep(3)
    voice.clear()
    await track.add_audio_bytes(SECOND + SECOND)
    await asyncio.sleep(0.1)
    task.cancel()
    (began, first), (ended, last) = voice[0], voice[-1]
    return round(ended - began, 1), round(last - first, 1)


seen = {auto_silence: asyncio.run(voice_after_a_pause(auto_silence)) for auto_silence in (True, False)}
for auto_silence, (taken, stamped) in seen.items():
    print(f"auto_silence={auto_silence}: 2 s of voice within {taken} s, time stamps over {stamped} s")
if seen[True][0] < 1.8 or seen[False][0] > 0.5 or seen[False][1] != 2.0:
    sys.exit("changed: two seconds of voice at once were expected without automatic silence")
PY
