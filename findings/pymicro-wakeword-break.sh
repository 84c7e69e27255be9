#!/usr/bin/env bash
# A break after the wake word gives pymicro-wakeword the same sound again
#
# Software: pymicro-wakeword 2.5.0, numpy 2.4.6
# Guess:    `for features in frontend.process_streaming(audio)` is left with `break` as soon as the wake word is
#           detected, and the next call goes on with the next sound.
# Seen:     process_streaming() is a generator that forgets the sound only behind its last step. After a break all of
#           the last call's sound is still there, also what was already turned into features, and comes again before the
#           next: a second's sound, left in its middle, gives 101 features with the next 10 ms, where 49 were to come.
#           The word is detected twice.
# Output:   features of a second and 10 ms: 99
#           left after 50 of them, then with the next 10 ms: 101, together 151
# Callbox:  nothing yet; it has no wake word.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pymicro-wakeword==2.5.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
from pymicro_wakeword import MicroWakeWordFeatures

SECOND = np.random.default_rng(1).normal(0, 1000, 16000).astype(np.int16).tobytes()
PIECE = SECOND[: 2 * 160]


def features(audio):
    return sum(1 for _ in audio)


whole = MicroWakeWordFeatures()
all_of_it = features(whole.process_streaming(SECOND)) + features(whole.process_streaming(PIECE))
left = MicroWakeWordFeatures()
before = 0
for _ in left.process_streaming(SECOND):
    before += 1
    if before == 50:
        break
after = features(left.process_streaming(PIECE))
print("features of a second and 10 ms:", all_of_it)
print(f"left after 50 of them, then with the next 10 ms: {after}, together {before + after}")
if before + after <= all_of_it:
    sys.exit("changed: more features than sound were expected")
PY
