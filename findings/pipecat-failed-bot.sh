#!/usr/bin/env bash
# Pipecat answers an offer with 200 when its bot has failed
#
# Software: pipecat-ai 1.14.0, its SmallWebRTCRequestHandler, aiortc 1.16.0
# Guess:    What the callback that starts the bot raises is "logged and propagated", as handle_web_request()'s
#           documentation says: the offer's route answers 500, and the caller is told at once.
# Seen:     It is logged only. The answer is a whole SDP, the caller's connection comes up within a second, and nobody is
#           on the other side: no bot-ready, no sound, no end.
# Output:   the bot raises RuntimeError: an answer of type answer, the caller is connected
# Callbox:  ends a call whose bot isn't ready within `bot.deadlines.bot_ready_s`, with its own sound and lamp.
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

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequest, SmallWebRTCRequestHandler


async def bot(_connection):
    raise RuntimeError("no key for the language model")


async def main():
    """What the caller is answered, and the state of its connection some seconds later."""
    caller, handler = RTCPeerConnection(RTCConfiguration(iceServers=[])), SmallWebRTCRequestHandler()
    caller.addTrack(AudioStreamTrack())
    caller.createDataChannel("chat")
    await caller.setLocalDescription(await caller.createOffer())
    try:
        answer = await handler.handle_web_request(SmallWebRTCRequest(caller.localDescription.sdp, "offer"), bot)
    except RuntimeError:
        return "RuntimeError", "none"
    await caller.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    for _ in range(100):
        if caller.connectionState in ("connected", "failed"):
            break
        await asyncio.sleep(0.1)
    state = caller.connectionState
    await caller.close()
    await handler.close()
    return f"an answer of type {answer['type']}", state


result, state = asyncio.run(main())
print(f"the bot raises RuntimeError: {result}, the caller is {state}")
if (result, state) != ("an answer of type answer", "connected"):
    sys.exit("changed: an answer and a connection were expected")
PY
