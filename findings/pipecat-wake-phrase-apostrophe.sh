#!/usr/bin/env bash
# Pipecat never wakes up by a phrase with an apostrophe, a comma or a hyphen
#
# Software: pipecat-ai 1.14.0
# Guess:    WakePhraseUserTurnStartStrategy looks for a phrase in what was said, without punctuation, so that the
#           transcription "Hey, Pipecat!" matches "hey pipecat". A phrase that is written as the recogniser writes it,
#           "what's up" or "OK, Box", matches its own transcription.
# Seen:     Punctuation is taken out of the transcription, not out of the phrase: it waits for a comma that is never
#           there.
# Output:   phrase 'hey box', said 'Hey, Box!': awake
#           phrase 'hey, box', said 'Hey, Box!': idle
#           phrase "what's up", said "What's up?": idle
#           phrase 'ok x-ray', said 'OK, X-ray.': idle
# Callbox:  has its own wake word, on the device (docs/wake.md).
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

from pipecat.frames.frames import TranscriptionFrame
from pipecat.turns.user_start import WakePhraseUserTurnStartStrategy
from pipecat.utils.asyncio.task_manager import TaskManager
from pipecat.utils.base_object import BaseObject


async def state(phrase, text):
    strategy = WakePhraseUserTurnStartStrategy(phrases=[phrase])
    await BaseObject.setup(strategy, TaskManager())
    await strategy.process_frame(TranscriptionFrame(text=text, user_id="", timestamp=""))
    return strategy.state.value


seen = []
for phrase, text in (
    ("hey box", "Hey, Box!"),
    ("hey, box", "Hey, Box!"),
    ("what's up", "What's up?"),
    ("ok x-ray", "OK, X-ray."),
):
    seen.append(asyncio.run(state(phrase, text)))
    print(f"phrase {phrase!r}, said {text!r}: {seen[-1]}")
if seen != ["awake", "idle", "idle", "idle"]:
    sys.exit("changed: idle was expected of phrases with punctuation")
PY
