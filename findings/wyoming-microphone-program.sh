#!/usr/bin/env bash
# wyoming's microphone program stamps its chunks in nanoseconds, and loses the end
#
# Software: wyoming 1.10.2
# Guess:    Chunks of MicProcessAsyncClient have time stamps in milliseconds, as AudioChunk's documentation says, so two
#           chunks of 20 ms each are 20 apart; a recording of 50 ms is heard whole, its last chunk being shorter.
# Seen:     The stamps are time.monotonic_ns(): nanoseconds, a million times too much, as a number that a server takes
#           for days. What doesn't fill a chunk at the end of the program is dropped: 40 of 50 ms are heard.
# Output:   a program that sends 20 ms every 0.2 s: chunks are some 10**8 apart, in "milliseconds"
#           50 ms in chunks of 20 ms: 40 ms heard
# Callbox:  nothing to do; its microphone is read by alsa-lib.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming==1.10.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from wyoming.audio import AudioChunk
from wyoming.mic import MicProcessAsyncClient

SLOW = "import sys, time\nfor _ in range(3): sys.stdout.buffer.write(bytes(640)); sys.stdout.flush(); time.sleep(0.2)"
SHORT = "import sys; sys.stdout.buffer.write(bytes(1600))"


async def chunks_of(program):
    client = MicProcessAsyncClient(16000, 2, 1, 320, sys.executable, ["-c", program])
    await client.connect()
    chunks = []
    while event := await asyncio.wait_for(client.read_event(), 20):
        chunks.append(AudioChunk.from_event(event))
    await client.disconnect()
    return chunks


slow, short = asyncio.run(chunks_of(SLOW)), asyncio.run(chunks_of(SHORT))
apart = slow[2].timestamp - slow[1].timestamp
heard = sum(chunk.milliseconds for chunk in short)
digits = len(str(apart)) - 1
print(f'a program that sends 20 ms every 0.2 s: chunks are some 10**{digits} apart, in "milliseconds"')
print(f"50 ms in chunks of 20 ms: {heard} ms heard")
if apart < 10**7 or heard != 40:
    sys.exit("changed: nanoseconds were expected, and 40 ms")
PY
