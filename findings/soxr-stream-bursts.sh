#!/usr/bin/env bash
# soxr's stream resampler hands out nothing for 30 ms, then 35 ms at once
#
# Software: soxr 1.1.0, numpy 2.4.6
# Guess:    ResampleStream from 24 to 48 kHz, fed with 10 ms at a time, hands out 10 ms each time after the filter's
#           delay of some milliseconds: it is the class for real-time processing.
# Seen:     At HQ, the default, and at VHQ it hands out nothing two or three times in a row, and then 32 or 35 ms at
#           once, for ever. QQ is even.
# Output:   QQ, ms out of each 10 ms in: 10.0 10.0 10.0 10.0 10.0 10.0 10.0 10.0 10.0 10.0 10.0 10.0
#           HQ, ms out of each 10 ms in: 0.0 0.0 34.6 0.0 0.0 34.6 0.0 0.0 0.0 34.6 0.0 0.0
#           VHQ, ms out of each 10 ms in: 0.0 31.6 0.0 0.0 31.6 0.0 0.0 31.6 0.0 0.0 31.6 0.0
# Callbox:  converts rates with FFmpeg's libswresample (PyAV), which hands out 20 ms for each 20 ms.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soxr==1.1.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
import soxr


def chunks_ms(quality):
    stream = soxr.ResampleStream(24000, 48000, 1, dtype="int16", quality=quality)
    return [round(len(stream.resample_chunk(np.zeros(240, np.int16))) / 48, 1) for _ in range(100)]


seen = {quality: chunks_ms(quality) for quality in ("QQ", "HQ", "VHQ")}
for quality, chunks in seen.items():
    print(f"{quality}, ms out of each 10 ms in:", *chunks[50:62])
steady = {quality: set(chunks[50:]) for quality, chunks in seen.items()}
if steady["QQ"] != {10.0} or any(0.0 not in steady[q] or max(steady[q]) < 30 for q in ("HQ", "VHQ")):
    sys.exit("changed: nothing and more than 30 ms in turn were expected at HQ and VHQ")
PY
