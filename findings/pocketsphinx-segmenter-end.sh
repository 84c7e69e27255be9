#!/usr/bin/env bash
# pocketsphinx' Segmenter loses what is said at the end of a recording of whole frames
#
# Software: pocketsphinx 5.1.1
# Guess:    segment() yields each stretch of speech of a stream. Of one that is still speech when it ends, that is the
#           end too, whatever the stream's length.
# Seen:     The end is noticed by a frame that isn't full. When the length is a multiple of 30 ms, nothing is yielded: a
#           recording of a voice from its first to its last second has no speech at all. One sample less, and it has.
# Output:   60 frames: no segment
#           60 frames less one sample: one segment of 1.8 s
#           60 frames, then 0.6 s of silence: one segment of 2.0 s
# Callbox:  has its own detection of a voice, by webrtc and a model (docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pocketsphinx==5.1.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import array
import io
import math
import sys

from pocketsphinx import Segmenter

RATE, FRAME = 16000, 960


def voice(frames):
    """A vowel of a low voice: harmonics of 120 Hz with the formants of an a."""
    sound = array.array("h")
    for sample in range(frames * FRAME // 2):
        time = sample / RATE
        level = 0.6 + 0.4 * math.sin(math.tau * 4 * time)
        value = sum(
            math.sin(math.tau * 120 * harmonic * time)
            * sum(1 / (1 + ((120 * harmonic - formant) / 80) ** 2) for formant in (700, 1220, 2600))
            for harmonic in range(1, 30)
        )
        sound.append(int(max(-32000, min(32000, 4000 * level * value))))
    return sound.tobytes()


def segments(data):
    return [round(segment.end_time - segment.start_time, 1) for segment in Segmenter().segment(io.BytesIO(data))]


sound, seen = voice(60), {}
assert Segmenter().frame_bytes == FRAME
for name, data in (
    ("60 frames", sound),
    ("60 frames less one sample", sound[:-2]),
    ("60 frames, then 0.6 s of silence", sound + bytes(20 * FRAME)),
):
    seen[name] = segments(data)
    print(f"{name}: {f'one segment of {seen[name][0]} s' if seen[name] else 'no segment'}")
if [len(found) for found in seen.values()] != [0, 1, 1]:
    sys.exit("changed: no segment was expected of whole frames alone")
PY
