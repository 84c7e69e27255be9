#!/usr/bin/env bash
# Pipecat's SmallWebRTC transport drops each message that has no type
#
# Software: pipecat-ai 1.14.0, aiortc 1.16.0
# Guess:    The event app-message is called with each JSON message of the data channel, as on_app_message is with the
#           other transports: {"text": "hello"} of a program of one's own among them.
# Seen:     A message without "type", and one that isn't an object, is dropped: looking whether it is a signalling
#           message raises KeyError or TypeError, which is logged as "Error parsing JSON message".
# Output:   {"type": "note", "text": "hello"}: arrives
#           {"text": "hello"}: dropped
#           ["hello"]: dropped
#           "hello": dropped
# Callbox:  all that it sends has a type (RTVI).
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
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

MESSAGES = [{"type": "note", "text": "hello"}, {"text": "hello"}, ["hello"], "hello"]


async def main():
    """Which messages a bot is told of."""
    connection, peer = SmallWebRTCConnection(), RTCPeerConnection(RTCConfiguration(iceServers=[]))
    arrived, opened, ended = [], asyncio.Event(), asyncio.Event()

    @connection.event_handler("app-message")
    async def told(_, message):
        ended.set() if message == {"type": "end"} else arrived.append(message)

    peer.addTrack(AudioStreamTrack())
    channel = peer.createDataChannel("chat")
    channel.on("open", opened.set)
    await peer.setLocalDescription(await peer.createOffer())
    await connection.initialize(peer.localDescription.sdp, "offer")
    await connection.connect()
    answer = connection.get_answer()
    await peer.setRemoteDescription(type(peer.localDescription)(answer["sdp"], answer["type"]))
    await asyncio.wait_for(opened.wait(), 20)
    channel.send("ping: 1")  # as the JavaScript client does: from then on the bot takes the peer for connected
    for message in [*MESSAGES, {"type": "end"}]:
        channel.send(json.dumps(message))
    await asyncio.wait_for(ended.wait(), 20)
    await asyncio.sleep(0.5)
    await peer.close()
    await connection.disconnect()
    return arrived


arrived = asyncio.run(main())
for message in MESSAGES:
    print(f"{json.dumps(message)}: {'arrives' if message in arrived else 'dropped'}")
if arrived != MESSAGES[:1]:
    sys.exit("changed: the message with a type alone was expected")
PY
