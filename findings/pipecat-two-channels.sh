#!/usr/bin/env bash
# Pipecat's SmallWebRTC output plays two channels one octave lower, at half the speed
#
# Software: pipecat-ai 1.14.0, aiortc 1.16.0
# Guess:    audio_out_channels=2 is for a bot whose voice or music has two channels: "number of output audio channels".
#           One second of it is one second at the caller's.
# Seen:     The track is of one channel whatever the setting is, and takes the two channels' samples as one after the
#           other: one second at 440 Hz is two seconds at 220 Hz. No error is told.
# Output:   audio_out_channels=1: 1 s of 440 Hz arrives as 1.0 s of 440 Hz
#           audio_out_channels=2: 1 s of 440 Hz arrives as 2.0 s of 220 Hz
# Callbox:  plays what arrives; docs/client.md says to leave the setting at 1.
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

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack
from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCCallbacks, SmallWebRTCClient

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(24000) / 24000)).astype(np.int16)  # one second


class Setup:
    audio_in_sample_rate = 16000
    audio_out_sample_rate = 24000


async def nothing(*_):
    pass


async def arrives(channels):
    """How many seconds of sound a peer gets of one second, and the frequency it has most of."""
    connection, peer, tracks = SmallWebRTCConnection(), RTCPeerConnection(RTCConfiguration(iceServers=[])), []
    names = ("on_app_message", "on_client_connected", "on_client_disconnected", "on_track_status")
    client = SmallWebRTCClient(connection, SmallWebRTCCallbacks(**dict.fromkeys(names, nothing)))
    await client.setup(TransportParams(audio_out_enabled=True, audio_out_channels=channels), Setup())
    peer.on("track", tracks.append)
    peer.addTrack(AudioStreamTrack())
    await peer.setLocalDescription(await peer.createOffer())
    await connection.initialize(peer.localDescription.sdp, "offer")
    await connection.connect()
    answer = connection.get_answer()
    await peer.setRemoteDescription(type(peer.localDescription)(answer["sdp"], answer["type"]))
    async with asyncio.timeout(30):
        while not connection.is_connected():
            await asyncio.sleep(0.1)
        await client._handle_client_connected()  # as the connection's event "connected" does in a pipeline
        sound = np.repeat(TONE, channels).tobytes()
        frame = OutputAudioRawFrame(sound, sample_rate=24000, num_channels=channels)
        task = asyncio.create_task(client.write_audio_frame(frame))
        heard = []
        for _ in range(200):
            heard.append((await tracks[0].recv()).to_ndarray().reshape(-1)[::2])  # left channel at 48 kHz
        await task
    await peer.close()
    await connection.disconnect()
    heard = np.concatenate(heard).astype(float)
    loud = np.flatnonzero(np.abs(heard) > 500)
    tone = heard[loud[0] : loud[-1]]
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone))))
    return round(len(tone) / 48000, 1), round(float(np.fft.rfftfreq(len(tone), 1 / 48000)[spectrum.argmax()]))


seen = {channels: asyncio.run(arrives(channels)) for channels in (1, 2)}
for channels, (seconds, hz) in seen.items():
    print(f"audio_out_channels={channels}: 1 s of 440 Hz arrives as {seconds} s of {hz} Hz")
if seen != {1: (1.0, 440), 2: (2.0, 220)}:
    sys.exit("changed: two seconds of 220 Hz were expected of two channels")
PY
