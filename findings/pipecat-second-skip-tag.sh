#!/usr/bin/env bash
# Pipecat's SkipTagsAggregator knows the first pair of tags only
#
# Software: pipecat-ai 1.14.0
# Guess:    It takes a sequence of pairs of tags, and doesn't end a sentence between the tags of any of them: what is
#           within <say> goes to the voice in one piece, whichever place that pair has in the list.
# Seen:     The second pair is looked for only when the text has the first one, so <say> is cut at the sentences in it:
#           the voice gets an opening tag without the closing one.
# Output:   <say> alone: '<say>One. Two.</say> Three.'
#           <say>, <spell>: '<say>One. Two.</say> Three.'
#           <spell>, <say>: '<say>One.' / 'Two.' / '</say> Three.'
# Callbox:  plays and shows what the bot sends.
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

from pipecat.utils.text.skip_tags_aggregator import SkipTagsAggregator

SAY, SPELL = ("<say>", "</say>"), ("<spell>", "</spell>")


async def sentences(tags):
    aggregator = SkipTagsAggregator(tags)
    texts = [aggregation.text async for aggregation in aggregator.aggregate("<say>One. Two.</say> Three.")]
    rest = await aggregator.flush()
    return texts + [rest.text] if rest else texts


seen = {}
for name, tags in (("<say> alone", [SAY]), ("<say>, <spell>", [SAY, SPELL]), ("<spell>, <say>", [SPELL, SAY])):
    seen[name] = asyncio.run(sentences(tags))
    print(f"{name}: {' / '.join(map(repr, seen[name]))}")
if [len(texts) for texts in seen.values()] != [1, 1, 3]:
    sys.exit("changed: three pieces were expected when <say> is the second pair")
PY
