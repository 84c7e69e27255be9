#!/usr/bin/env bash
# deepgram-captions begins again at 0 after a day, and writes text that a player takes for a tag
#
# Software: deepgram-captions 2.0.0
# Guess:    A word at 90000 s is at 25:00:00, as hours go on in WebVTT and SRT (W3C WebVTT, section 4.1), and a
#           less-than sign of the transcript is written as &lt; in WebVTT (section 4.2.2), as it is in SRT.
# Seen:     The hours begin again after 23, so that a caption ends before it has begun. WebVTT has the text as it is:
#           all behind < is a tag, and no one reads it.
# Output:   SRT: 23:59:58,000 --> 01:00:01,000, Is 3 <5?
#           WebVTT: 23:59:58.000 --> 01:00:01.000, Is 3 <5?
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check deepgram-captions==2.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from deepgram_captions import DeepgramConverter, srt, webvtt


def word(text, start):
    return {"word": text, "punctuated_word": text, "start": start, "end": start + 1, "confidence": 1}


WORDS = [word("Is 3", 86398), word("<5?", 90000)]
alternative = {"transcript": "Is 3 <5?", "words": WORDS}
response = {"metadata": {}, "results": {"channels": [{"alternatives": [alternative]}]}}
seen = []
for name, write in (("SRT", srt), ("WebVTT", webvtt)):
    lines = write(DeepgramConverter(response)).strip().splitlines()
    seen += lines[-2:]
    print(f"{name}: {lines[-2]}, {lines[-1]}")
if seen[0] != "23:59:58,000 --> 01:00:01,000" or seen[3] != "Is 3 <5?":
    sys.exit("changed: an end at 01:00:01 was expected, and < as it is")
PY
