#!/usr/bin/env bash
# auditok finds nothing in a recording of 8 bits, however loud it is
#
# Software: auditok 0.5.2, numpy 2.4.6 (PyPI), Python 3.11
# Guess:    split() finds what is louder than energy_threshold, 50 by default, and energies are comparable across sample
#           widths (docstring of calculate_energy): a tone of a second between two seconds of silence is found in 8 bits
#           as in 16. In WAV files of 8 bits silence is 128.
# Seen:     8 bits are taken for signed ones, and aren't scaled, so silence has the highest energy that there can be,
#           42, and a tone has less. Both are below 50, so nothing is ever found. 16 bits and floats are right.
# Output:   8 bits: silence 42.1, tone 35.7, found none
#           16 bits: silence -200.0, tone 87.3, found 1.0 to 2.3 s
# Callbox:  reads WAV files with FFmpeg (announcements) and Python's wave (chimes).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check auditok==0.5.2 numpy==2.4.6
"$tmp/venv/bin/python" - "$tmp" <<'PY'
import sys
import wave

import auditok
import numpy

RATE = 16000
second = numpy.sin(2 * numpy.pi * 440 * numpy.arange(RATE) / RATE)
sound = numpy.concatenate([0 * second, second, 0 * second])
samples = {1: (sound * 127 + 128).round().astype("u1"), 2: (sound * 32767).round().astype("<i2")}
seen = []
for width, data in samples.items():
    with wave.open(f"{sys.argv[1]}/sound.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(RATE)
        file.writeframes(data.tobytes())
    array = auditok.signal.to_array(data.tobytes(), width, 1)[0]
    silence, tone = (float(auditok.signal.calculate_energy(array[i * RATE : (i + 1) * RATE])) for i in (0, 1))
    found = [f"{region.start:.1f} to {region.end:.1f} s" for region in auditok.split(f"{sys.argv[1]}/sound.wav")]
    seen.append(found)
    print(f"{8 * width} bits: silence {silence:.1f}, tone {tone:.1f}, found {', '.join(found) or 'none'}")
if seen != [[], ["1.0 to 2.3 s"]]:
    sys.exit("changed: nothing in 8 bits was expected")
PY
