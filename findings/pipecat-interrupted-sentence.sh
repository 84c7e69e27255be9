#!/usr/bin/env bash
# Pipecat puts the beginning of an interrupted sentence in front of the next answer, in bot-transcription and SentenceAggregator
#
# Software: pipecat-ai 1.14.0, its RTVIObserver and SentenceAggregator
# Guess:    What an interruption has cut off is dropped: the bot doesn't say it any more. A bot-transcription of RTVI is a
#           sentence of the bot, and the aggregator hands out "complete sentences rather than fragmented text".
# Seen:     Both keep what they have over an interruption and the end of an answer, and join it with the next one without a
#           blank. Both cut at a point that ends a token, which SimpleTextAggregator waits behind: 3.5 becomes two sentences.
# Output:   bot-transcription: ['The alarm rings atGood morning.', ' It is 3.', '5 degrees.']
#           SentenceAggregator: ['The alarm rings atGood morning.', ' It is 3.', '5 degrees.']
# Callbox:  its BotTranscript is the message as it comes, its BotOutput isn't concerned (docs/client.md).
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
import asyncio
import sys

from pipecat.frames.frames import (
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TextFrame,
)
from pipecat.observers.base_observer import FramePushed
from pipecat.processors.aggregators.sentence import SentenceAggregator
from pipecat.processors.frame_processor import FrameDirection
from pipecat.processors.frameworks.rtvi.observer import RTVIObserver
from pipecat.tests.utils import run_test


class Observer(RTVIObserver):
    """Keeps the messages that the client would get."""

    def __init__(self):
        super().__init__()
        self.sent = []

    async def send_rtvi_message(self, model, exclude_none=True):
        self.sent.append(model.model_dump(exclude_none=exclude_none))


def conversation():
    """The first answer is interrupted."""
    return [
        LLMFullResponseStartFrame(),
        *map(LLMTextFrame, ("The alarm", " rings at")),
        InterruptionFrame(),
        LLMFullResponseEndFrame(),
        LLMFullResponseStartFrame(),
        *map(LLMTextFrame, ("Good", " morning.", " It is 3", ".", "5", " degrees.")),
        LLMFullResponseEndFrame(),
    ]


async def main():
    observer = Observer()
    for frame in conversation():
        await observer.on_push_frame(FramePushed(None, None, frame, FrameDirection.DOWNSTREAM, 0, first_push=True))
    transcription = [message["data"]["text"] for message in observer.sent if message["type"] == "bot-transcription"]
    print("bot-transcription:", transcription)
    frames, _ = await run_test(SentenceAggregator(), frames_to_send=conversation())
    sentences = [frame.text for frame in frames if isinstance(frame, TextFrame)]
    print("SentenceAggregator:", sentences)
    if transcription != ["The alarm rings atGood morning.", " It is 3.", "5 degrees."] or sentences != transcription:
        sys.exit("changed: the interrupted words were expected in front of the next answer")


asyncio.run(main())
PY
