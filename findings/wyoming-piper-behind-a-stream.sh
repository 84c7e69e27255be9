#!/usr/bin/env bash
# wyoming-piper speaks no whole text any more on a connection that a streamed one has come over
#
# Software: wyoming-piper 2.5.2, wyoming 1.10.2
# Guess:    A connection takes several requests: synthesize with a whole text, and synthesize-start, -chunk … -stop with parts
#           of one as a model writes them. While a text is streamed, the synthesize within it is for servers that can't stream.
# Seen:     synthesize-stop doesn't end the streaming of its handler, so each synthesize from then on counts as one within a
#           stream, and is answered with nothing: no sound, no end and no error.
# Output:   synthesize: audio-start, audio-chunk, audio-stop
#           synthesize-start to synthesize-stop: audio-start, audio-chunk, audio-stop, synthesize-stopped
#           synthesize: nothing
# Callbox:  its announcements are spoken by espeak-ng, or by the bot (docs/announcements.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming-piper==2.5.2 wyoming==1.10.2 piper-tts==1.8.0
"$tmp/venv/bin/python" -W ignore - "$tmp/socket" <<'PY'
import asyncio
import sys
from argparse import Namespace
from functools import partial

from wyoming.client import AsyncUnixClient
from wyoming.info import Describe, Info
from wyoming.server import AsyncUnixServer
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop
from wyoming_piper.handler import PiperEventHandler


class Handler(PiperEventHandler):
    """Speaks silence: a voice would have to be downloaded."""

    def _synthesize_piper(self, text, wav_writer, voice_name, voice_speaker):
        wav_writer.setparams((1, 2, 16000, 0, "NONE", ""))
        wav_writer.writeframes(bytes(320))


async def main():
    settings = Namespace(
        no_streaming=False, backend="piper", voice="en", speaker=None, auto_punctuation="", samples_per_chunk=1024
    )
    settings.sentence_silence = 0
    server = AsyncUnixServer(sys.argv[1])
    await server.start(partial(Handler, lambda: Info(), settings, {}))
    seen = []
    async with AsyncUnixClient(sys.argv[1]) as client:
        for name, requests in (
            ("synthesize", [Synthesize("Good morning.")]),
            ("synthesize-start to synthesize-stop", [SynthesizeStart(), SynthesizeChunk("Rain."), SynthesizeStop()]),
            ("synthesize", [Synthesize("Good night.")]),
        ):
            for request in [*requests, Describe()]:
                await client.write_event(request.event())
            answers = []
            while (event := await client.read_event()).type != "info":  # the answer to describe
                answers.append(event.type)
            print(f"{name}: {', '.join(answers) or 'nothing'}")
            seen.append(len(answers))
    await server.stop()
    if seen != [3, 4, 0]:
        sys.exit("changed: nothing was expected behind a stream")


asyncio.run(main())
PY
