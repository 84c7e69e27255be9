#!/usr/bin/env bash
# noisereduce makes NaN of a muted microphone
#
# Software: noisereduce 3.0.3, numpy 2.4.6
# Guess:    reduce_noise() of a second of zeros, which is what a muted microphone gives, is a second of zeros: there is
#           no noise in it, and its stationary mode and samples of 16 bits give just that.
# Seen:     Each sample is NaN; with two channels, of which one is silent, those of that channel are. No error is
#           raised. What comes behind it, as a filter or a mean level, is NaN from then on.
# Output:   a second of silence: NaN 16000, stationary: NaN 0, int16: NaN 0
#           a tone and silence in two channels: NaN 0 and 16000
# Callbox:  reduces noise with WebRTC's audio processing (`sound.noise_suppression`, docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check noisereduce==3.0.3 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import sys

import noisereduce
import numpy

RATE_HZ = 16000
SILENCE = numpy.zeros(RATE_HZ)
TONE = 0.5 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(RATE_HZ) / RATE_HZ)


def not_numbers(sound, **options):
    return numpy.isnan(noisereduce.reduce_noise(sound, RATE_HZ, **options)).sum(axis=-1).tolist()


one = [not_numbers(SILENCE), not_numbers(SILENCE, stationary=True), not_numbers(SILENCE.astype("int16"))]
print(f"a second of silence: NaN {one[0]}, stationary: NaN {one[1]}, int16: NaN {one[2]}")
two = not_numbers(numpy.stack([TONE, SILENCE]))
print(f"a tone and silence in two channels: NaN {two[0]} and {two[1]}")
if one != [RATE_HZ, 0, 0] or two != [0, RATE_HZ]:
    sys.exit("changed: NaN was expected in place of silence")
PY
