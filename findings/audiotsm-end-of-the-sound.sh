#!/usr/bin/env bash
# audiotsm leaves out the end of a sound, and its phase vocoder begins with a click
#
# Software: audiotsm 0.1.2 (PyPI), NumPy 2.3.5
# Guess:    At speed 1.0 run(), which flushes at its end ("no more data to process"), gives back the sound at its length. Where the
#           first frame begins the overlapping windows are made up for.
# Seen:     Of 1 s of a tone at 16 kHz WSOLA puts 32 ms of silence before it and leaves out the last 136 ms; the phase
#           vocoder puts 32 ms before it, too, and leaves out 104 ms. What these 32 ms hold is nearly four times as loud as
#           the tone: of one at full scale it clips. A pulse 100 samples before the end is in no output.
# Output:   wsola: 16000 samples become 14336, a pulse at 8000 is at 8512, one at 15900 is lost; begins with 0.00 of the tone
#           phasevocoder: 16000 samples become 14848, a pulse at 8000 is at 8512, one at 15900 is lost; begins with 3.79 of the tone
# Callbox:  plays the bot's voice faster or slower nowhere; its jitter buffer stretches packets by its own code
#           (firmware/callbox/audio/playout/model/time_stretch.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check audiotsm==0.1.2 numpy==2.3.5
cat > "$tmp/lengths.py" <<'PY'
import sys

import numpy as np
from audiotsm import phasevocoder, wsola
from audiotsm.io.array import ArrayReader, ArrayWriter

EXPECTED = {
    wsola: "16000 samples become 14336, a pulse at 8000 is at 8512, one at 15900 is lost; begins with 0.00 of the tone",
    phasevocoder: "16000 samples become 14848, a pulse at 8000 is at 8512, one at 15900 is lost; begins with 3.79 of the tone",
}


def stretched(procedure, sound):
    writer = ArrayWriter(1)
    procedure(1, speed=1.0).run(ArrayReader(sound[np.newaxis]), writer)
    return writer.data[0]


tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
changed = False
for procedure, expected in EXPECTED.items():
    pulses = np.zeros(16000)
    pulses[8000], pulses[15900] = 1.0, 0.5
    [first, *others] = np.flatnonzero(abs(stretched(procedure, pulses)) > 0.2)
    last = f"one at 15900 is at {others[0]}" if others else "one at 15900 is lost"
    sound = stretched(procedure, tone)
    peak = abs(sound[:128]).max() / 0.25
    seen = f"16000 samples become {len(sound)}, a pulse at 8000 is at {first}, {last}; begins with {peak:.2f} of the tone"
    print(f"{procedure.__name__}: {seen}")
    changed |= seen != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/lengths.py"
