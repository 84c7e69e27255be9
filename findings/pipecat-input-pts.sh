#!/usr/bin/env bash
# Pipecat's SmallWebRTC input stamps its audio in 1/48000 s, where pts are nanoseconds
#
# Software: pipecat-ai 1.14.0, aiortc 1.16.0
# Guess:    InputAudioRawFrame.pts of a microphone's sound is in nanoseconds, as Frame's documentation says of pts: 20 ms
#           after the first frame it is 20000000.
# Seen:     It is the decoder's number, in units of Opus' clock, handed on as it is: 960 after 20 ms, which Pipecat
#           prints as 0:00:00.000000. The frames of one second are within 48 microseconds.
# Output:   sound so far, in ms: 0, 20, 40, 60, 80
#           pts: 0, 960, 1920, 2880, 3840
#           the last one as text: 0:00:00.000003
# Callbox:  nothing to do; a bot that measures the caller's time by pts is told in docs/client.md.
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

from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack
from pipecat.frames.frames import format_pts
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCCallbacks, SmallWebRTCClient


class Setup:
    audio_in_sample_rate = 16000
    audio_out_sample_rate = 24000


async def nothing(*_):
    pass


async def main():
    """The bot's first five frames of a microphone, each as milliseconds of sound before it and its pts."""
    connection, peer = SmallWebRTCConnection(), RTCPeerConnection(RTCConfiguration(iceServers=[]))
    names = ("on_app_message", "on_client_connected", "on_client_disconnected", "on_track_status")
    client = SmallWebRTCClient(connection, SmallWebRTCCallbacks(**dict.fromkeys(names, nothing)))
    await client.setup(TransportParams(audio_in_enabled=True), Setup())
    peer.addTrack(AudioStreamTrack())
    await peer.setLocalDescription(await peer.createOffer())
    await connection.initialize(peer.localDescription.sdp, "offer")
    await connection.connect()
    answer = connection.get_answer()
    await peer.setRemoteDescription(type(peer.localDescription)(answer["sdp"], answer["type"]))
    client._audio_input_track = connection.audio_input_track()
    rows, samples = [], 0
    async with asyncio.timeout(40):
        async for frame in client.read_audio_frame():
            if rows:
                samples += 320
            rows.append((samples // 16, frame.pts))
            if len(rows) == 5:
                break
    await peer.close()
    await connection.disconnect()
    return rows


rows = asyncio.run(main())
first = rows[0][1]
print("sound so far, in ms:", ", ".join(str(ms) for ms, _ in rows))
print("pts:", ", ".join(str(pts - first) for _, pts in rows))
print("the last one as text:", format_pts(rows[-1][1] - first))
if [pts - first for _, pts in rows] != [0, 960, 1920, 2880, 3840]:
    sys.exit("changed: steps of 960 were expected for 20 ms each")
PY
