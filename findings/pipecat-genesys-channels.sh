#!/usr/bin/env bash
# Pipecat's Genesys serializer hears the customer when it is told to hear the agent, and nothing in L16
#
# Software: pipecat-ai 1.14.0, its GenesysAudioHookSerializer
# Guess:    channel=INTERNAL is "agent audio only", channel=EXTERNAL "customer audio only", as its documentation says: of the
#           media that Genesys offers to choose from, both sides or one, it takes the one with these channels, and hears
#           that side. media_format=L16 is one of its "supported audio formats".
# Seen:     It takes the first of the offered media, whatever it is told, here both sides, and of both always the first
#           channel: the customer. L16 is agreed upon in the same way, and then nothing goes in or out.
# Output:   told internal: answers external,internal, hears the customer
#           told external: answers external,internal, hears the customer
#           told L16: answers L16, hears nothing, says nothing
# Callbox:  is no telephone exchange; its bots hear one microphone.
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

import numpy as np
from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.serializers.genesys import AudioHookChannel, AudioHookMediaFormat, GenesysAudioHookSerializer

OFFERED = [["external", "internal"], ["external"], ["internal"]]
CUSTOMER, AGENT = 0x80, 0xFF  # mu-law: the loudest sample, and silence


async def opened(**parameters):
    """A serializer that has answered an offer, and the media of its answer."""
    serializer = GenesysAudioHookSerializer(GenesysAudioHookSerializer.InputParams(**parameters))
    await serializer.setup(SimpleNamespace(audio_in_sample_rate=8000))
    media = [{"type": "audio", "format": "PCMU", "channels": channels, "rate": 8000} for channels in OFFERED]
    message = {"version": "2", "type": "open", "seq": 1, "serverseq": 0, "id": "1", "position": "PT0S"}
    message["parameters"] = {"conversationId": "1", "participant": {"ani": "+15550100"}, "media": media}
    frame = await serializer.deserialize(json.dumps(message))
    return serializer, frame.message["parameters"]["media"][0]


async def main():
    seen = []
    for channel in (AudioHookChannel.INTERNAL, AudioHookChannel.EXTERNAL):
        serializer, media = await opened(channel=channel)
        heard = await serializer.deserialize(bytes([CUSTOMER, AGENT] * 160))
        who = "customer" if np.abs(np.frombuffer(heard.audio, np.int16)).max() > 1000 else "agent"
        seen.append((",".join(media["channels"]), who))
        print(f"told {channel}: answers {seen[-1][0]}, hears the {who}")
    serializer, media = await opened(media_format=AudioHookMediaFormat.L16)
    heard = await serializer.deserialize(bytes(640))
    said = await serializer.serialize(OutputAudioRawFrame(bytes(640), sample_rate=8000, num_channels=1))
    print(f"told L16: answers {media['format']}, hears {heard or 'nothing'}, says {said or 'nothing'}")
    if seen != [("external,internal", "customer")] * 2 or (media["format"], heard, said) != ("L16", None, None):
        sys.exit("changed: both channels and the customer were expected, and nothing of L16")


asyncio.run(main())
PY
