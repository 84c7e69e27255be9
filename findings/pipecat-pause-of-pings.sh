#!/usr/bin/env bash
# One ping makes Pipecat drop messages after each pause of pings
#
# Software: pipecat-ai 1.14.0, aiortc 1.16.0 on both sides
# Guess:    Messages on an open data channel arrive, whether or not the client sends "ping" texts; the channel is
#           reliable, and WebRTC has a keep-alive of its own.
# Seen:     A client that never pings is heard after any pause. Once it has sent one ping, a message that comes more
#           than 3 s after the last ping is dropped without an answer, while the connection stays up; it isn't delivered
#           after the next ping either.
# Output:   heard: at once
#           heard: after 4 s, no ping ever
#           heard: right after a ping
#           heard: right after the next ping
#           connectionState: connected
# Callbox:  pings each second, and stops only to be given up (docs/decisions/0010).
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
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" - <<'PY'
import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequest, SmallWebRTCRequestHandler

heard = []


async def on_connection(connection):
    @connection.event_handler("app-message")
    async def on_message(_, message, *__):
        heard.append(message["text"])

    await connection.connect()


async def main():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTrack(AudioStreamTrack())
    channel, opened = pc.createDataChannel("chat"), asyncio.Event()
    channel.on("open", opened.set)

    async def say(text, after_s):
        await asyncio.sleep(after_s)
        channel.send(json.dumps({"type": "message", "text": text}))

    await pc.setLocalDescription(await pc.createOffer())
    handler = SmallWebRTCRequestHandler()
    answer = await handler.handle_web_request(SmallWebRTCRequest(pc.localDescription.sdp, "offer"), on_connection)
    await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
    await asyncio.wait_for(opened.wait(), 20)
    await say("at once", 1)
    await say("after 4 s, no ping ever", 4)
    channel.send("ping: 1")
    await say("right after a ping", 0.2)
    await say("4 s after a ping", 4)
    channel.send("ping: 2")
    await say("right after the next ping", 0.2)
    await asyncio.sleep(1)
    state = pc.connectionState
    await pc.close()
    await handler.close()
    for text in heard:
        print("heard:", text)
    print("connectionState:", state)
    if heard != ["at once", "after 4 s, no ping ever", "right after a ping", "right after the next ping"]:
        sys.exit("changed: all but the message 4 s after a ping were expected")


asyncio.run(main())
PY
