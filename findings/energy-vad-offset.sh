#!/usr/bin/env bash
# energy-vad hears speech in the silence of a microphone whose zero is below the middle, and none in one above
#
# Software: energy-vad 1.0.0
# Guess:    The energy of a sound doesn't depend on its sign: a microphone whose zero is 300 above or below the middle
#           has the same energy, that of silence when the offset is taken off, as its code calls it, "debiased".
# Seen:     The root of the mean square, which is never negative, is taken off each sample. Above the middle it takes
#           the offset away, below it doubles it: 300 below are 600, which is speech with a threshold of 500, for ever.
#           A tone without offset is 3 dB too loud.
# Output:   silence +0: speech False
#           silence +300: speech False
#           silence -300: speech True
#           a tone of 400 (RMS): speech True
# Callbox:  `callbox doctor` tells such a microphone, MIC-DC (docs/doctor.md); the bot's side decides what is speech.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check energy-vad==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import array
import math
import sys

from energy_vad import EnergyVad

vad = EnergyVad(threshold=500)
seen = []
for offset in (0, 300, -300):
    silence = array.array("h", [offset] * vad.samples_per_chunk)
    seen.append(vad.process_chunk(silence.tobytes()))
    print(f"silence {offset:+d}: speech {seen[-1]}")
tone = [round(400 * math.sqrt(2) * math.sin(2 * math.pi * sample / 16)) for sample in range(vad.samples_per_chunk)]
seen.append(vad.process_chunk(array.array("h", tone).tobytes()))
print(f"a tone of 400 (RMS): speech {seen[-1]}")
if seen != [False, False, True, True]:
    sys.exit("changed: speech was expected of the negative offset, and of a tone below the threshold")
PY
