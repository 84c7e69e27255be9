#!/usr/bin/env bash
# pocketsphinx hears "dog" in silence
#
# Software: pocketsphinx 5.1.1 with the model that it brings
# Guess:    In a second of digital silence, as of a muted microphone, no word is recognised: hyp() is None, or its text
#           is empty.
# Seen:     It is "dog", however long the silence.
# Output:   0.5 s of silence: 'dog'
#           1 s of silence: 'dog'
#           2 s of silence: 'dog'
#           5 s of silence: 'dog'
# Callbox:  recognises its wake word by another library (docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pocketsphinx==5.1.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from pocketsphinx import Decoder

decoder, seen = Decoder(samprate=16000, loglevel="FATAL"), []
for seconds in (0.5, 1, 2, 5):
    decoder.start_utt()
    decoder.process_raw(bytes(int(32000 * seconds)), full_utt=True)
    decoder.end_utt()
    words = decoder.hyp().hypstr if decoder.hyp() else None
    seen.append(words)
    print(f"{seconds} s of silence: {words!r}")
if seen != ["dog"] * 4:
    sys.exit("changed: dog was expected")
PY
