#!/usr/bin/env bash
# Pipecat's Genesys serializer doesn't know "paused", by which Genesys tells a call on hold, and answers "resumed"
#
# Software: pipecat-ai 1.14.0, its GenesysAudioHookSerializer
# Guess:    Genesys, the client of AudioHook, tells a pause by "paused", and the server ends its own one by "resume", as
#           Genesys' help says ("What happens during a successful session"). The serializer has "session lifecycle management
#           with pause/resume support", so after "paused" it is paused, and sends no voice until "resumed".
# Seen:     It listens for "pause", which a server sends, so it is never paused by Genesys and speaks on. Its own answer is
#           "resumed", which is the client's word. Once it takes itself for paused, no message of Genesys ends that.
# Output:   after "paused" of Genesys: paused False, voice sent: True
#           after "pause": paused True, voice sent: False
#           after "resumed" of Genesys: paused True, voice sent: False
#           create_resumed_response(): type resumed
# Callbox:  is no telephone exchange; its pauses are silence that it sends.
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
import json
import sys
from types import SimpleNamespace

from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.serializers.genesys import GenesysAudioHookSerializer


async def main():
    serializer = GenesysAudioHookSerializer()
    await serializer.setup(SimpleNamespace(audio_in_sample_rate=8000))

    async def receive(kind, **parameters):
        message = {"version": "2", "type": kind, "seq": 1, "serverseq": 0, "id": "1", "position": "PT0S"}
        await serializer.deserialize(json.dumps({**message, "parameters": parameters}))

    media = [{"type": "audio", "format": "PCMU", "channels": ["external"], "rate": 8000}]
    await receive("open", conversationId="1", participant={"ani": "+15550100"}, media=media)
    seen = []
    for kind, text in (("paused", '"paused" of Genesys'), ("pause", '"pause"'), ("resumed", '"resumed" of Genesys')):
        await receive(kind)
        voice = OutputAudioRawFrame(bytes(320), sample_rate=8000, num_channels=1)
        seen.append((serializer.is_paused, bool(await serializer.serialize(voice))))
        print(f"after {text}: paused {seen[-1][0]}, voice sent: {seen[-1][1]}")
    kind = serializer.create_resumed_response()["type"]
    print(f"create_resumed_response(): type {kind}")
    if seen != [(False, True), (True, False), (True, False)] or kind != "resumed":
        sys.exit("changed: no pause after paused was expected, and one that stays after pause")


asyncio.run(main())
PY
