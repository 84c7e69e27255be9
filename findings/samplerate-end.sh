#!/usr/bin/env bash
# samplerate never hands out the last milliseconds of a stream
#
# Software: samplerate 0.2.4 (libsamplerate), numpy 2.4.6
# Guess:    Resampler.process() with end_of_input=True, "if no more data is available", hands out what its filter still
#           holds: a second in pieces of 10 ms has 48000 samples at 48 kHz, as resample() makes them of it at once.
# Seen:     A call makes no more room than its own piece needs, so nothing else fits, with the flag on the last piece or
#           on an empty one behind it: each sound loses 1.25 ms with sinc_fastest, 9 ms with sinc_best.
# Output:   sinc_fastest: at once 48000, flag on the last piece 47940, flag on an empty piece 47940
#           sinc_best: at once 48000, flag on the last piece 47568, flag on an empty piece 47568
# Callbox:  converts rates with FFmpeg's libswresample (PyAV), and asks it for the rest at the end of a sound.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check samplerate==0.2.4 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy
import samplerate

SOUND = (0.5 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(16000) / 16000)).astype(numpy.float32)
PIECES = numpy.split(SOUND, 100)


def in_pieces(converter, pieces):
    """Samples at 48 kHz, with the flag on the last piece."""
    resampler, last = samplerate.Resampler(converter), len(pieces) - 1
    return sum(len(resampler.process(piece, 3.0, end_of_input=n == last)) for n, piece in enumerate(pieces))


changed = False
for converter in ("sinc_fastest", "sinc_best"):
    whole = len(samplerate.resample(SOUND, 3.0, converter))
    on_last, on_empty = in_pieces(converter, PIECES), in_pieces(converter, [*PIECES, SOUND[:0]])
    print(f"{converter}: at once {whole}, flag on the last piece {on_last}, flag on an empty piece {on_empty}")
    changed |= whole != 48000 or on_last >= whole or on_empty >= whole
if changed:
    sys.exit("changed: fewer samples were expected in pieces")
PY
