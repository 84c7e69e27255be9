#!/usr/bin/env bash
# Pipecat's telephone serializers swallow the last 37 ms of whatever is said
#
# Software: pipecat-ai 1.14.0, its TwilioFrameSerializer, soxr 1.0.0
# Guess:    One second of the bot's voice at 24 kHz is one second of mu-law at 8 kHz on the telephone line; its end may
#           be some milliseconds late.
# Seen:     The stream resampler (VHQ) keeps the last 37 ms for the next chunk. Nobody calls its flush(), which exists,
#           and after 0.2 s without sound it is cleared: each word before a pause loses its end for good. So it is with
#           the serializers for Telnyx, Plivo, Exotel, Vonage and Genesys, which use the same resampler.
# Output:   said: 1000 ms, sent: 962.5 ms
#           after a pause, said: 1000 ms, sent: 962.5 ms
# Callbox:  talks to bots by WebRTC, where Opus is sent at the bot's own rate.
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
import asyncio
import base64
import json
import sys

import numpy as np
from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.serializers.twilio import TwilioFrameSerializer

VOICE = (10000 * np.sin(np.arange(24000) * 2 * np.pi * 440 / 24000)).astype(np.int16)  # one second


async def said(serializer):
    """How many milliseconds are sent of one second that comes in frames of 20 ms."""
    sent = 0
    for start in range(0, 24000, 480):
        frame = OutputAudioRawFrame(VOICE[start : start + 480].tobytes(), sample_rate=24000, num_channels=1)
        if message := await serializer.serialize(frame):
            sent += len(base64.b64decode(json.loads(message)["media"]["payload"]))
    return sent / 8


async def main():
    parameters = TwilioFrameSerializer.InputParams(auto_hang_up=False)
    serializer = TwilioFrameSerializer("stream-1", params=parameters)
    first = await said(serializer)
    await asyncio.sleep(0.5)
    return first, await said(serializer)


first, second = asyncio.run(main())
print(f"said: 1000 ms, sent: {first} ms")
print(f"after a pause, said: 1000 ms, sent: {second} ms")
if not 950 < first < 970 or not 950 < second < 970:
    sys.exit("changed: some 37 ms were expected to be missing each time")
PY
