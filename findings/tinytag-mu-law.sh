#!/usr/bin/env bash
# tinytag says that a recording in mu-law lasts no time
#
# Software: tinytag 2.3.2
# Guess:    duration is the length of the sound in seconds, as its documentation says: a WAV file of 8000 octets at 8
#           kHz has one second, in mu-law as in PCM of 8 bits.
# Seen:     With mu-law or A-law, the forms of each telephone recording, it is 0.0; sample rate and channels are told.
# Output:   PCM of 8 bits: 1.0 s, 8000 Hz
#           mu-law: 0.0 s, 8000 Hz
#           A-law: 0.0 s, 8000 Hz
# Callbox:  its own sounds are PCM (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check tinytag==2.3.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys
import tempfile

from tinytag import TinyTag

FORMATS = {"PCM of 8 bits": 1, "mu-law": 7, "A-law": 6}


def wav(tag):
    """A second at 8 kHz, one octet for each sample, in the format with this tag."""
    form = struct.pack("<4sIHHIIHHH", b"fmt ", 18, tag, 1, 8000, 8000, 1, 8, 0)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", 8000) + bytes(8000)
    return b"RIFF" + struct.pack("<I", len(body)) + body


seen = []
for name, tag in FORMATS.items():
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(wav(tag))
        file.flush()
        told = TinyTag.get(file.name)
    print(f"{name}: {told.duration} s, {told.samplerate} Hz")
    seen.append(told.duration)
if seen != [1.0, 0.0, 0.0]:
    sys.exit("changed: no duration was expected of mu-law and A-law")
PY
