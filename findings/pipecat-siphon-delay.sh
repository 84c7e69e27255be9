#!/usr/bin/env bash
# pipecat-siphon hears a caller 20 ms later with each turn, nobody behind a change of format, and mu-law of two sides at half speed
#
# Software: pipecat-siphon 0.5.0, with pipecat-ai 1.14.0
# Guess:    Of the frames that a message makes, the second one "is queued and drains on the next" message; media_renegotiate
#           "mid-stream moves the wire rate without restarting anything"; of two channels the caller's is heard, whichever of
#           L16, PCMU and PCMA they are in (its README).
# Seen:     Each message puts as many frames into the queue as it takes out, so what speech_started leaves there stays: with
#           speech_frames="user" the caller's voice comes a second late after 50 turns. The resampler refuses another rate, so
#           each packet behind a renegotiation raises ValueError. Only L16 is taken apart into its two channels.
# Output:   after 1 turn 20 ms late, after 10 turns 200 ms, after 50 turns 1000 ms
#           20 ms at 48 kHz behind 8 kHz: ValueError
#           20 ms of two channels: L16 is 20 ms of the caller, PCMU is 40 ms of both
# Callbox:  is no telephone of an exchange: a bot hears it by WebRTC or a WebSocket (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0 pipecat-siphon==0.5.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soxr==1.0.0 \
  wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import json
import sys
from types import SimpleNamespace

from pipecat.frames.frames import InputAudioRawFrame
from pipecat_siphon import SiphonFrameSerializer


def message(kind, **data):
    return json.dumps({"type": kind, "data": {"streamId": "1", **data}})


def media(rate, encoding="L16", channels=1):
    form = {"encoding": encoding, "sampleRate": rate, "channels": channels}
    return {**form, "bitDepth": 16, "endianness": "little", "ptime": 20}


async def call(form, **parameters):
    serializer = SiphonFrameSerializer(params=SiphonFrameSerializer.InputParams(**parameters))
    await serializer.setup(SimpleNamespace(audio_in_sample_rate=16000, audio_out_sample_rate=16000))
    await serializer.deserialize(message("start", callId="1", direction="duplex", media=form))
    return serializer


async def main():
    serializer = await call(media(16000), speech_frames="user")
    sent, late = 0, {}
    for turn in range(1, 51):
        frames = [await serializer.deserialize(message("speech_started"))]
        for _ in range(100):  # 2 s, each packet with its number in each sample
            sent += 1
            frames.append(await serializer.deserialize(sent.to_bytes(2, "little") * 320))
        heard = [frame for frame in frames if isinstance(frame, InputAudioRawFrame)][-1]
        late[turn] = 20 * (sent - int.from_bytes(heard.audio[:2], "little"))
        await serializer.deserialize(message("speech_stopped"))
    print(f"after 1 turn {late[1]} ms late, after 10 turns {late[10]} ms, after 50 turns {late[50]} ms")

    serializer = await call(media(8000))
    await serializer.deserialize(bytes(320))
    await serializer.deserialize(message("media_renegotiate", media=media(48000)))
    try:
        result = type(await serializer.deserialize(bytes(1920))).__name__
    except ValueError:
        result = "ValueError"
    print(f"20 ms at 48 kHz behind 8 kHz: {result}")

    lengths = []
    for encoding, packet in (("L16", b"\x10\x00\x20\x00" * 320), ("PCMU", b"\xf0\xe0" * 320)):
        serializer = await call(media(16000, encoding, 2))
        frame = await serializer.deserialize(packet)
        values = len(set(memoryview(frame.audio).cast("h")))
        lengths.append((len(frame.audio) / 32, "the caller" if values == 1 else "both"))
    (l16, l16_of), (pcmu, pcmu_of) = lengths
    print(f"20 ms of two channels: L16 is {l16:.0f} ms of {l16_of}, PCMU is {pcmu:.0f} ms of {pcmu_of}")
    expected = [(20, "the caller"), (40, "both")]
    if (late[1], late[50], result, lengths) != (20, 1000, "ValueError", expected):
        sys.exit("changed: a growing delay, ValueError and 40 ms of both were expected")


asyncio.run(main())
PY
