#!/usr/bin/env bash
# tones plays a sawtooth an octave too high, and a triangle louder than full scale
#
# Software: tones 1.2.0, numpy 2.2.6 (PyPI)
# Guess:    A tone of 440 Hz has 440 Hz in each of the four wave types, and no sample above its amplitude, "where 1.0 is
#           the max. sample value": in a mixer with amplitude 0.5 the largest sample is 0.5.
# Seen:     The sawtooth begins anew at each half of a period, so that it is heard as 880 Hz. Sawtooth and triangle
#           reach 0.785, and in a mixer with amplitude 1.0 a third of each half wave is cut off in the WAV file.
# Output:   sine: 440 Hz, 0.5
#           square: 440 Hz, 0.5
#           triangle: 440 Hz, 0.785
#           sawtooth: 880 Hz, 0.785
#           triangle with amplitude 1.0: 36 % of the samples are at the limit
# Callbox:  makes its chimes by itself (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check tones==1.2.0 numpy==2.2.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
import tones
from tones.mixer import Mixer

RATE = 16000


def second(wave_type, amplitude):
    """A mixer with one second of 440 Hz."""
    mixer = Mixer(RATE, amplitude)
    mixer.create_track("tone", wave_type)
    mixer.add_tone("tone", 440, 1.0)
    return mixer


seen = []
for name in ("sine", "square", "triangle", "sawtooth"):
    samples = np.array(second(getattr(tones, f"{name.upper()}_WAVE"), 0.5).mix())
    spectrum = np.abs(np.fft.rfft(samples))
    spectrum[0] = 0  # an offset isn't heard
    seen.append((int(spectrum.argmax()), round(float(np.abs(samples).max()), 3)))
    print(f"{name}: {seen[-1][0]} Hz, {seen[-1][1]}")
written = np.frombuffer(second(tones.TRIANGLE_WAVE, 1.0).sample_data(), np.int16)
limit = round(100 * float((np.abs(written) == np.abs(written).max()).mean()))
print(f"triangle with amplitude 1.0: {limit} % of the samples are at the limit")
if seen != [(440, 0.5), (440, 0.5), (440, 0.785), (880, 0.785)] or limit < 10:
    sys.exit("changed: 880 Hz of the sawtooth, and 0.785, were expected")
PY
