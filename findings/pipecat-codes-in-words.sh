#!/usr/bin/env bash
# Pipecat's expand_numbers() says "forty-two" of the code 0042
#
# Software: pipecat-ai 1.14.0
# Guess:    Numbers above 2025 are read digit by digit, the others as quantities, as the documentation says. A code or
#           the number of a room that begins with zeros is no quantity: its zeros are read too.
# Seen:     The zeros are gone: 0042 is "forty-two", 007 "seven", and 00000, which a keypad may ask for, "zero". Above
#           2025 they stay: 0004711 is "0 0 0 4 7 1 1".
# Output:   'code 0042' becomes 'code forty-two'
#           'room 007' becomes 'room seven'
#           'code 00000' becomes 'code zero'
#           'code 0004711' becomes 'code 0 0 0 4 7 1 1'
# Callbox:  plays and shows what the bot sends; it sends digits of a keypad as keys (docs/gestures.md).
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

from pipecat.utils.text.transforms import expand_numbers

transform, seen = expand_numbers(), []
for text in ("code 0042", "room 007", "code 00000", "code 0004711"):
    seen.append(asyncio.run(transform(text, "*")))
    print(f"{text!r} becomes {seen[-1]!r}")
if seen != ["code forty-two", "room seven", "code zero", "code 0 0 0 4 7 1 1"]:
    sys.exit("changed: words without the zeros were expected up to 2025")
PY
