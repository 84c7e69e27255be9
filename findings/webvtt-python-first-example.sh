#!/usr/bin/env bash
# webvtt-python refuses the first example of WebVTT's specification, pywebvtt the settings of a caption and its minus
#
# Software: webvtt-python 0.2.0, pywebvtt 0.2.0 (PyPI)
# Guess:    webvtt-python follows "the W3C WebVTT specification", whose first example has times without hours (section
#           1.1); a text may follow WEBVTT, an identifier may stand before the times, and settings behind them (sections
#           4.1 and 4.4). What a caption says is what stands in the file.
# Seen:     webvtt-python needs two digits of hours and a first line that ends with WEBVTT, and takes the identifier for
#           a comment of the file. pywebvtt takes an identifier or times with settings for text of a caption before the
#           first one, which is an error, and strips the hyphen of a speaker from each line, so -5 degrees are 5.
# Output:   times without hours: webvtt-python ValueError, pywebvtt 'Hello'
#           a title: webvtt-python ValueError, pywebvtt 'Hello'
#           an identifier: webvtt-python 'Hello', None as identifier, pywebvtt BadDataError
#           a setting: webvtt-python 'Hello', pywebvtt BadDataError
#           a minus: webvtt-python '-5 degrees', pywebvtt '5 degrees'
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check webvtt-python==0.2.0 pywebvtt==0.2.0
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import contextlib
import io
import sys

import pywebvtt
from webvtt_python import WebVTTParser

TIMES = "00:00:11.000 --> 00:00:13.000"
seen = []
for name, text in (
    ("times without hours", "WEBVTT\n\n00:11.000 --> 00:13.000\nHello\n"),
    ("a title", f"WEBVTT - A call\n\n{TIMES}\nHello\n"),
    ("an identifier", f"WEBVTT\n\nfirst\n{TIMES}\nHello\n"),
    ("a setting", f"WEBVTT\n\n{TIMES} align:start\nHello\n"),
    ("a minus", f"WEBVTT\n\n{TIMES}\n-5 degrees\n"),
):
    with open("captions.vtt", "w") as file:
        file.write(text)
    try:
        (cue,) = WebVTTParser().parse(text).cues
        first = f"{cue.text!r}{f', {cue.identifier} as identifier' if name == 'an identifier' else ''}"
    except ValueError as error:
        first = type(error).__name__
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints its own errors
            (scene,) = pywebvtt.ParseFile("captions.vtt")
        second = repr(scene.sub_txt())
    except pywebvtt.BadDataError as error:
        second = type(error).__name__
    seen.append((first, second))
    print(f"{name}: webvtt-python {first}, pywebvtt {second}")
if seen != [
    ("ValueError", "'Hello'"),
    ("ValueError", "'Hello'"),
    ("'Hello', None as identifier", "BadDataError"),
    ("'Hello'", "BadDataError"),
    ("'-5 degrees'", "'5 degrees'"),
]:
    sys.exit("changed: ValueError twice, None, BadDataError twice, and 5 degrees, were expected")
PY
