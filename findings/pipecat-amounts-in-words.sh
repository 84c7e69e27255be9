#!/usr/bin/env bash
# Pipecat's VoiceFormatter says "1,zero percent" of 1,000 %, and "five dollars and fifty cents million"
#
# Software: pipecat-ai 1.14.0
# Guess:    It puts amounts into words for a voice, "50%" as "fifty percent" and "$42.50" as dollars and cents. $1,000
#           is one thousand dollars, so 1,000% is one thousand percent, and $5.5 million are five point five million
#           dollars.
# Seen:     Percentages know no comma between thousands: what is before it stays, and 000 is zero. The word behind an
#           amount isn't looked at: 5.5 million are five dollars and fifty cents, and then a million.
# Output:   '$1,000' becomes 'one thousand dollars'
#           '1,000%' becomes '1,zero percent'
#           '1,250%' becomes '1,two hundred and fifty percent'
#           '$5.5 million' becomes 'five dollars and fifty cents million'
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
for text in ("$1,000", "1,000%", "1,250%", "$5.5 million"):
    seen.append(asyncio.run(formatter(text, "*")))
    print(f"{text!r} becomes {seen[-1]!r}")
if [seen[0], seen[1], seen[3]] != ["one thousand dollars", "1,zero percent", "five dollars and fifty cents million"]:
    sys.exit("changed: '1,zero percent', and cents of a million, were expected")
PY
