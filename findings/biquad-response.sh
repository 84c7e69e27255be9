#!/usr/bin/env bash
# biquad's response is 3 dB higher each time it is asked for, and begins at 7.6 kHz when it shall be logarithmic
#
# Software: biquad 0.5, biquad-filters 0.1.3 (PyPI), numba 0.68.1, numpy 2.4.6
# Guess:    response() "returns frequency and phase response", and log=True expresses the frequencies logarithmically: a
#           peak of 6 dB is 6 dB each time, and the low frequencies are there as they are without log. Another package
#           of the same filters, biquad-filters, can be imported.
# Seen:     It multiplies the filter's own coefficients by the gain, so the peak is 9 dB at the second time, and in
#           plot() after response(). The logarithmic frequencies begin at 1 rad, which is 7639 Hz of 48 kHz, as if it
#           were 1 Hz. The sound isn't changed: each sample sets the coefficients anew. biquad-filters imports
#           src.biquads, which no wheel has.
# Output:   response at 1 kHz: 6.0 dB, then 9.0 dB, then 12.0 dB; of the sound 6.0 dB
#           frequencies: from 0 Hz, with log=True from 7639 Hz
#           biquad-filters: No module named 'src'
# Callbox:  has no equalizer.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check biquad==0.5 biquad-filters==0.1.3 numba==0.68.1 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import biquad
import numpy as np

RATE = 48000


def db(value):
    return round(20 * float(np.log10(abs(value))), 1)


peak = biquad.peak(RATE, f=1000, g=6, q=1)
seen = []
for _ in range(3):
    frequencies, response = peak.response()
    seen.append(db(response[np.argmin(abs(frequencies - 1000))]))
click = np.zeros(RATE)
click[0] = 1
sound = db(np.fft.rfft(peak(click))[1000])
print(f"response at 1 kHz: {seen[0]} dB, then {seen[1]} dB, then {seen[2]} dB; of the sound {sound} dB")
first = round(float(peak.response(log=True)[0][0]))
print(f"frequencies: from {frequencies[0]:.0f} Hz, with log=True from {first} Hz")
try:
    import biquads

    imported = biquads.__name__
except ModuleNotFoundError as error:
    imported = str(error)
print(f"biquad-filters: {imported}")
if seen != [6.0, 9.0, 12.0] or sound != 6.0 or first != 7639 or imported != "No module named 'src'":
    sys.exit("changed: 6, 9 and 12 dB, 7639 Hz, and no module src, were expected")
PY
