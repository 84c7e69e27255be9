#!/usr/bin/env bash
# Pipecat counts a Japanese sentence as one word, and words that come one by one never together
#
# Software: pipecat-ai 1.14.0
# Guess:    MinWordsUserTurnStartStrategy lets a person interrupt the bot after "a minimum number of spoken words": with
#           three, a sentence of five words does so in each language, and however the recogniser cuts it.
# Seen:     Words are what is between blanks, which Japanese, Chinese and Thai don't have. Each transcription is counted
#           alone: "Stop. Please. Now." in three pieces is one word each time. The bot goes on speaking.
# Output:   'please stop now': interrupts
#           'もうやめてください、お願いします': goes on
#           'Stop.', 'Please.', 'Now.': goes on
# Callbox:  interrupts by its button, or as the bot decides (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 num2words==0.5.14 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 \
  soxr==1.0.0 wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 PYTHONUTF8=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from pipecat.frames.frames import BotStartedSpeakingFrame, TranscriptionFrame
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import MinWordsUserTurnStartStrategy


async def interrupts(texts):
    strategy = MinWordsUserTurnStartStrategy(min_words=3)
    await strategy.process_frame(BotStartedSpeakingFrame())
    frames = [TranscriptionFrame(text=text, user_id="", timestamp="") for text in texts]
    return ProcessFrameResult.STOP in [await strategy.process_frame(frame) for frame in frames]


seen = []
for texts in (["please stop now"], ["もうやめてください、お願いします"], ["Stop.", "Please.", "Now."]):
    seen.append(asyncio.run(interrupts(texts)))
    print(f"{', '.join(map(repr, texts))}: {'interrupts' if seen[-1] else 'goes on'}")
if seen != [True, False, False]:
    sys.exit("changed: the bot was expected to go on without blanks, and with one word at a time")
PY
