#!/usr/bin/env bash
# Pipecat's MarkdownTextFilter makes 1 of 1000000
#
# Software: pipecat-ai 1.14.0, Markdown 3.11.3
# Guess:    The filter takes the formatting out of what a model writes, so that a voice doesn't read it. By default it
#           removes "repeated sequences", such as a line of dashes. Digits are no formatting: numbers stay as they are.
# Seen:     Whatever character comes five times or more is taken out: of 1000000 the zeros, so that the voice says "1",
#           and of a telephone number its end. 10000 stays.
# Output:   '1000000 people' becomes '1 people'
#           '10000 people' becomes '10000 people'
#           'call 0055555' becomes 'call 00'
#           without filter_repeated_sequences: '1000000 people' becomes '1000000 people'
# Callbox:  shows the bot's words as they come; docs/client.md tells authors of bots.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check Markdown==3.11.3 loguru==0.7.3 \
  pydantic==2.14.4 wait_for2==0.4.1
# Without its other dependencies, which are 900 MB: what this module imports.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from pipecat.utils.text.markdown_text_filter import MarkdownTextFilter

off = MarkdownTextFilter.InputParams(filter_repeated_sequences=False)
seen = []
for text, params in (("1000000 people", None), ("10000 people", None), ("call 0055555", None), ("1000000 people", off)):
    seen.append(asyncio.run(MarkdownTextFilter(params).filter(text)))
    print(f"{'without filter_repeated_sequences: ' if params else ''}{text!r} becomes {seen[-1]!r}")
if seen != ["1 people", "10000 people", "call 00", "1000000 people"]:
    sys.exit("changed: 1 was expected of 1000000")
PY
