#!/usr/bin/env bash
# caption2text leaves out the 42 that someone said, and keeps the times of a video under an hour
#
# Software: caption2text 0.1.2
# Guess:    A transcript has what was said, and nothing else: a line of a caption that is a number is text (only the
#           first line of an SRT block is its number), the hours of a WebVTT time are optional, and a block that begins
#           with NOTE is a comment (W3C WebVTT, section 4.1).
# Seen:     Each line of digits is gone from SRT. Of WebVTT the times without hours, the comments and the names of the
#           captions stay in the text.
# Output:   answer.srt: ['The answer is']
#           answer.vtt: ['NOTE by hand', 'intro', '00:01.000 --> 00:02.000', 'The answer is', '42']
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check caption2text==0.1.2
"$tmp/venv/bin/python" -W ignore - "$tmp" <<'PY'
import logging
import sys

import caption2text

logging.disable()
FILES = {
    "answer.srt": "1\n00:00:01,000 --> 00:00:02,000\nThe answer is\n42\n",
    "answer.vtt": "WEBVTT\n\nNOTE by hand\n\nintro\n00:01.000 --> 00:02.000\nThe answer is\n42\n",
}
seen = []
for name, text in FILES.items():
    with open(f"{sys.argv[1]}/{name}", "w") as file:
        file.write(text)
    read = getattr(caption2text, name[-3:] + "_to_transcript")
    seen.append(read(f"{sys.argv[1]}/{name}").split("\n"))
    print(f"{name}: {seen[-1]}")
if seen[0] != ["The answer is"] or len(seen[1]) != 5:
    sys.exit("changed: no 42 was expected from SRT, and five lines from WebVTT")
PY
