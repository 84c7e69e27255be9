#!/usr/bin/env bash
# wave-bwf-rf64 can't open its own recording again when that has an odd number of octets
#
# Software: wave-bwf-rf64 2.1.0, Python's wave
# Guess:    A file that it has written it opens again, with any number of samples of 8 or 24 bits: a chunk of odd length
#           is followed by a pad (Multimedia Programming Interface and Data Specifications 1.0, "RIFF Chunk"), which the
#           writer adds, or whose absence at the end of the file the reader takes.
# Seen:     The writer adds none, and its reader, which wants to go on behind the pad, raises RuntimeError without a
#           word. Python's wave reads the file. A recording of a second is read, one of a second and a sample isn't.
# Output:   8 bits, 8000 samples: read 8000, by Python's wave 8000
#           8 bits, 8001 samples: read RuntimeError(), by Python's wave 8001
#           16 bits, 8001 samples: read 8001, by Python's wave 8001
#           24 bits, 8001 samples: read RuntimeError(), by Python's wave 8001
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wave-bwf-rf64==2.1.0
"$tmp/venv/bin/python" -W ignore - "$tmp/bell.wav" <<'PY'
import sys
import wave

import wave_bwf_rf64

seen = []
for width, samples in ((1, 8000), (1, 8001), (2, 8001), (3, 8001)):
    file = wave_bwf_rf64.open(sys.argv[1], "wb")
    file.setnchannels(1)
    file.setsampwidth(width)
    file.setframerate(8000)
    file.writeframes(bytes(samples * width))
    file.close()
    try:
        seen.append(wave_bwf_rf64.open(sys.argv[1], "rb").getnframes())
    except RuntimeError as error:
        seen.append(repr(error))
    with wave.open(sys.argv[1]) as written:
        print(f"{8 * width} bits, {samples} samples: read {seen[-1]}, by Python's wave {written.getnframes()}")
if seen != [8000, "RuntimeError()", 8001, "RuntimeError()"]:
    sys.exit("changed: RuntimeError was expected of an odd number of octets")
PY
