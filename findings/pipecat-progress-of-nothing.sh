#!/usr/bin/env bash
# Pipecat shows as spoken what a bot's transform has taken out of the text, as long as nothing else has been spoken
#
# Software: pipecat-ai 1.14.0, bot_output_transforms of its RTVIObserver
# Guess:    A transform changes what the client shows of the bot's text. While the bot speaks, it returns accumulated_text and
#           remaining_text, which the client is sent (documentation of bot_output_transforms): here without stage directions.
# Seen:     An empty text that the transform returns counts as none, and the client is sent the one before the transform: the
#           directions flash up at the beginning and at the end of the sentence that is shown without them.
# Output:   text "Good morning" | spoken "[smiles]" | to come "Good morning"
#           text "Good morning" | spoken "Good" | to come "morning"
#           text "Good bye" | spoken "Good bye" | to come "[waves]"
# Callbox:  its client hands on both texts as they come (docs/client.md).
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
import re
import sys

from pipecat.frames.frames import AggregatedTextProgressFrame
from pipecat.observers.base_observer import FramePushed
from pipecat.processors.frame_processor import FrameDirection
from pipecat.processors.frameworks.rtvi.models import BotOutputTransformResult
from pipecat.processors.frameworks.rtvi.observer import RTVIObserver, RTVIObserverParams
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams


class Observer(RTVIObserver):
    """Keeps the messages that the client would get."""

    async def send_rtvi_message(self, model, exclude_none=True):
        self.sent = model.model_dump(exclude_none=exclude_none)["data"]


async def without_directions(text, text_type, accumulated_text=None, remaining_text=None):
    texts = [re.sub(r"\[\w+\]", "", part).strip() for part in (text, accumulated_text, remaining_text)]
    return BotOutputTransformResult(text=texts[0], accumulated_text=texts[1], remaining_text=texts[2])


async def main():
    observer = Observer(params=RTVIObserverParams(bot_output_transforms=[("*", without_directions)]))
    output = BaseOutputTransport(TransportParams())
    seen = []
    for spoken, to_come in (("[smiles]", "Good morning"), ("[smiles] Good", "morning"), ("Good bye", "[waves]")):
        frame = AggregatedTextProgressFrame(1, None, f"{spoken} {to_come}", "sentence", spoken, to_come)
        await observer.on_push_frame(FramePushed(output, None, frame, FrameDirection.DOWNSTREAM, 0, first_push=True))
        progress = observer.sent["spoken_progress"]
        seen += [progress["accumulated_text"], progress["remaining_text"]]
        print(f'text "{observer.sent["text"]}" | spoken "{seen[-2]}" | to come "{seen[-1]}"')
    if seen != ["[smiles]", "Good morning", "Good", "morning", "Good bye", "[waves]"]:
        sys.exit("changed: the directions were expected where nothing else is left")


asyncio.run(main())
PY
