#!/usr/bin/env bash
# webvtt-py leaves &amp; in a caption's text, and writes it into SRT
#
# Software: webvtt-py 0.6.0
# Guess:    A caption's text is what is shown, as its documentation says of the tags, which it takes out: &amp; is & and
#           &lt; is < (W3C WebVTT, section 4.2.2). SRT has no such escapes.
# Seen:     The tags are taken out, the escapes stay, and are written as they are into SRT.
# Output:   text: 'Q&amp;A at 5 &lt; 6'
#           SRT: 'Q&amp;A at 5 &lt; 6'
# Callbox:  shows transcripts as the bot sends them, in JSON.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check webvtt-py==0.6.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import sys

import webvtt

captions = webvtt.from_string("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bob>Q&amp;A</v> at 5 &lt; 6\n")
text = captions[0].text
srt = io.StringIO()
captions.write(srt, format="srt")
line = srt.getvalue().splitlines()[2]
print(f"text: {text!r}")
print(f"SRT: {line!r}")
if "&amp;" not in text or "&amp;" not in line:
    sys.exit("changed: &amp; was expected")
PY
