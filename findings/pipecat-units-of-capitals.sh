#!/usr/bin/env bash
# Pipecat's VoiceFormatter says "5 grams" of 5G, and "$5 meters" of $5M
#
# Software: pipecat-ai 1.14.0
# Guess:    It puts units into words for a voice, "5km" as "5 kilometers": a letter that is a unit as a small letter
#           only, as g for gram and m for metre (SI brochure, section 5.2), isn't one as a capital.
# Seen:     Capitals are taken for small letters. A network of 5G weighs 5 grams, five million dollars are $5 meters,
#           and a line of 100 Mb/s, which are megabits, has megabytes. That is the formatter with its defaults.
# Output:   'A 5G router.' becomes 'A 5 grams router.'
#           'It costs $5M.' becomes 'It costs $5 meters.'
#           '100 Mb/s down.' becomes '100 megabytes/s down.'
#           '5 km away.' becomes '5 kilometers away.'
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

from pipecat.utils.text.transforms import VoiceFormatter

formatter, seen = VoiceFormatter(), []
for text in ("A 5G router.", "It costs $5M.", "100 Mb/s down.", "5 km away."):
    seen.append(asyncio.run(formatter(text, "*")))
    print(f"{text!r} becomes {seen[-1]!r}")
if seen != ["A 5 grams router.", "It costs $5 meters.", "100 megabytes/s down.", "5 kilometers away."]:
    sys.exit("changed: grams, meters and megabytes were expected of capitals")
PY
