#!/usr/bin/env bash
# Pipecat's Telnyx serializer encodes what it sends by inbound_encoding
#
# Software: pipecat-ai 1.14.0, its TelnyxFrameSerializer
# Guess:    outbound_encoding is "the encoding type for outbound audio": with PCMA out and PCMU in, the bot's voice is
#           A-law, and what arrives is read as mu-law.
# Seen:     The other way round: the bot's voice is mu-law and what arrives is read as A-law, since the names are those
#           of the telephone line, not the bot's. Where both differ, both sides hear noise, and no error is told.
# Output:   outbound_encoding=PCMA, inbound_encoding=PCMU: sends a voice as PCMU, reads PCMA
#           outbound_encoding=PCMU, inbound_encoding=PCMA: sends a voice as PCMA, reads PCMU
# Callbox:  talks to bots by WebRTC; a bot that answers telephones as well may meet it.
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
import array
import asyncio
import audioop
import base64
import json
import math
import sys
from types import SimpleNamespace

from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.serializers.telnyx import TelnyxFrameSerializer

VOICE = array.array("h", (int(9000 * math.sin(n / 4)) for n in range(160))).tobytes()  # 20 ms at 8 kHz
CODES = {"PCMU": audioop.lin2ulaw(VOICE, 2), "PCMA": audioop.lin2alaw(VOICE, 2)}


async def sends_and_reads(outbound, inbound):
    """The encoding in which a voice is sent, and that as which the same voice is understood."""
    serializer = TelnyxFrameSerializer(
        "stream-1", outbound, inbound, params=TelnyxFrameSerializer.InputParams(auto_hang_up=False)
    )
    await serializer.setup(SimpleNamespace(audio_in_sample_rate=8000))
    sent = json.loads(await serializer.serialize(OutputAudioRawFrame(VOICE, sample_rate=8000, num_channels=1)))
    payload = base64.b64decode(sent["media"]["payload"])
    sends = next(name for name, code in CODES.items() if code == payload)
    for reads, code in CODES.items():
        message = {"event": "media", "media": {"payload": base64.b64encode(code).decode()}}
        frame = await serializer.deserialize(json.dumps(message))
        decoded, voice = array.array("h", frame.audio), array.array("h", VOICE)
        if max(abs(a - b) for a, b in zip(decoded, voice, strict=True)) < 500:
            return sends, reads
    return sends, "neither"


seen = {pair: asyncio.run(sends_and_reads(*pair)) for pair in (("PCMA", "PCMU"), ("PCMU", "PCMA"))}
for (outbound, inbound), (sends, reads) in seen.items():
    print(f"outbound_encoding={outbound}, inbound_encoding={inbound}: sends a voice as {sends}, reads {reads}")
if any(result != pair[::-1] for pair, result in seen.items()):
    sys.exit("changed: inbound_encoding was expected of what is sent, outbound_encoding of what is read")
PY
