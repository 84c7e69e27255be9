#!/usr/bin/env bash
# Pipecat's StatelessTextTransformer makes words that the bot shall say of what the user has said
#
# Software: pipecat-ai 1.14.0, its StatelessTextTransformer
# Guess:    It "intercepts TextFrame objects and applies a user-provided transformation function to the text content". Behind
#           the speech recognition it corrects a name in the transcriptions, which are TextFrames, and changes nothing else.
# Seen:     Each frame becomes a plain TextFrame, without user, time and "finalized". The bot's context takes transcriptions
#           only, so the user is never answered, while a speech synthesis speaks each TextFrame: their own words, also the
#           provisional ones. An answer in writing (skip_tts, by send-text with audio_response false) is spoken behind it.
# Output:   TranscriptionFrame(' ask callbox.'), user box-1, finalized True -> TextFrame(' ask Callbox.'), no user
#           InterimTranscriptionFrame(' ask callbox.'), user box-1 -> TextFrame(' ask Callbox.'), no user
#           LLMTextFrame(' ask callbox.'), skip_tts True -> TextFrame(' ask Callbox.'), skip_tts None
# Callbox:  sends what is typed with audio_response as told (docs/client.md, which says it to a bot's author).
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

from pipecat.frames.frames import InterimTranscriptionFrame, LLMTextFrame, TextFrame, TranscriptionFrame
from pipecat.processors.text_transformer import StatelessTextTransformer
from pipecat.tests.utils import run_test


def described(frame, from_model):
    words = f"{type(frame).__name__}({frame.text!r})"
    if from_model:
        return f"{words}, skip_tts {frame.skip_tts}"
    user = getattr(frame, "user_id", None)
    finalized = ", finalized True" if getattr(frame, "finalized", False) else ""
    return f"{words}, {f'user {user}' if user else 'no user'}{finalized}"


async def main():
    said = {"text": " ask callbox.", "user_id": "box-1", "timestamp": "2026-12-01T00:00:00.000+00:00"}
    answer = LLMTextFrame(said["text"])
    answer.skip_tts = True
    changed = False
    for frame in (TranscriptionFrame(**said, finalized=True), InterimTranscriptionFrame(**said), answer):
        before = described(frame, frame is answer)
        transformer = StatelessTextTransformer(lambda text: text.replace("callbox", "Callbox"))
        (after,), _ = await run_test(transformer, frames_to_send=[frame])
        print(before, "->", described(after, frame is answer))
        changed |= type(after) is not TextFrame or after.skip_tts is not None
    if changed:
        sys.exit("changed: plain TextFrames were expected")


asyncio.run(main())
PY
