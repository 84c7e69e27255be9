#!/usr/bin/env bash
# Pipecat's MarkdownTextFilter leaves out each asterisk, also that of "2 * 3"
#
# Software: pipecat-ai 1.14.0, Markdown 3.11.3
# Guess:    The filter takes the formatting out of what a model writes, so that a voice doesn't read it. An asterisk
#           between blanks is none (CommonMark 0.31.2, section 6.2): "2 * 3 = 6" and "press * then #" stay as they are.
# Seen:     Two blanks remain of it: the voice says "2 3 = 6" and "press, then #". Without blanks, and with one pair on
#           each side, 2**3 is 23.
# Output:   'say it *loud*' becomes 'say it loud'
#           '2 * 3 = 6' becomes '2  3 = 6'
#           'press * then #' becomes 'press  then #'
#           '2**3 is 8' becomes '23 is 8'
#           '3*2 is 6' becomes '3*2 is 6'
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

seen = []
for text in ("say it *loud*", "2 * 3 = 6", "press * then #", "2**3 is 8", "3*2 is 6"):
    seen.append(asyncio.run(MarkdownTextFilter().filter(text)))
    print(f"{text!r} becomes {seen[-1]!r}")
if seen != ["say it loud", "2  3 = 6", "press  then #", "23 is 8", "3*2 is 6"]:
    sys.exit("changed: texts without asterisks were expected")
PY
