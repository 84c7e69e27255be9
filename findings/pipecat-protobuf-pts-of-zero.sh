#!/usr/bin/env bash
# Pipecat's protobuf frames lose a time stamp of 0
#
# Software: pipecat-ai 1.14.0, protobuf 6.33.6
# Guess:    frames.proto has `optional uint64 pts` in its audio frames so that 0 and none differ: a frame with pts 0,
#           the first of a sound, comes out of ProtobufFrameSerializer with pts 0.
# Seen:     It comes out without one, pts None, and so does a first frame of another program that sends 0 on the wire;
#           all later ones keep theirs.
# Output:   pts 0: on the wire: False, read from the wire as None
#           pts 20000000: on the wire: True, read from the wire as 20000000
# Callbox:  nothing; it has no WebSocket transport, and RTP's own time stamps.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 protobuf==6.33.6 pydantic==2.14.4 sentencex==1.0.32 \
  soxr==1.0.0 wait_for2==0.4.1 websockets==17.4 2> "$tmp/pip.log"
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

import pipecat.frames.protobufs.frames_pb2 as wire
from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.serializers.protobuf import ProtobufFrameSerializer


async def main():
    serializer, seen = ProtobufFrameSerializer(), {}
    for pts in (0, 20_000_000):
        frame = OutputAudioRawFrame(audio=bytes(960), sample_rate=24000, num_channels=1)
        frame.pts = pts
        written = wire.Frame.FromString(await serializer.serialize(frame))
        sent = wire.Frame(audio=wire.AudioRawFrame(audio=bytes(960), sample_rate=24000, num_channels=1, pts=pts))
        read = await serializer.deserialize(sent.SerializeToString())
        seen[pts] = (written.audio.HasField("pts"), read.pts)
        print(f"pts {pts}: on the wire: {seen[pts][0]}, read from the wire as {seen[pts][1]}")
    if seen != {0: (False, None), 20_000_000: (True, 20_000_000)}:
        sys.exit("changed: only the time stamp of 0 was expected to be lost")


asyncio.run(main())
PY
