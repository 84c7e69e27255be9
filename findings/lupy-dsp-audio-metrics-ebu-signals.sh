#!/usr/bin/env bash
# lupy averages momentary loudness over 300 ms, and dsp-audio-metrics tells -26.0 LUFS of the -23.0 of EBU's signal
#
# Software: lupy 0.0.3, dsp-audio-metrics 0.1.1, pyebur128 0.1.1 (PyPI), numpy 2.4.6
# Guess:    Momentary loudness has a window of 0.4 s, as lupy's documentation says too. EBU Tech 3341: signal 1, a
#           stereo tone of 1 kHz at -23 dBFS, has -23.0 LUFS, +-0.1, in total; signal 12, in which -20 dBFS for 0.18 s
#           and -30 dBFS for 0.22 s alternate, -23.0 LUFS at each moment. dsp-audio-metrics is "compatible with the EBU
#           R128 spec".
# Seen:     lupy takes three blocks of 100 ms, so signal 12 moves by 2.7 LU. dsp-audio-metrics takes the mean of the
#           channels where ITU-R BS.1770 takes their sum (equation 2): stereo is 3 LU too low, 5.1 more.
# Output:   signal 1: -23.0 LUFS by pyebur128 and by lupy, -26.0 LUFS by dsp-audio-metrics
#           signal 12: from -23.0 to -23.0 LUFS by pyebur128, from -24.7 to -21.9 LUFS by lupy
# Callbox:  tells a level as AC power in dBFS, no LUFS (device/callbox_device/model/sample_format.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check lupy==0.0.3 dsp-audio-metrics==0.1.1 pyebur128==0.1.1 \
  numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
import pyebur128
from dsp_audio_metrics import integrated_lufs
from lupy import Meter

RATE = 48000
BLOCK = RATE // 10


def tone(*parts):
    """Stereo of shape (samples, 2): 1 kHz with a level in dBFS and a length in seconds for each part."""
    levels = np.concatenate([np.full(round(length * RATE), 10 ** (level / 20)) for level, length in parts])
    sound = levels * np.sin(2 * np.pi * 1000 * np.arange(len(levels)) / RATE)
    return np.stack([sound, sound], axis=1)


def by_pyebur128(sound):
    mode = pyebur128.MeasurementMode
    state, momentary = pyebur128.R128State(2, RATE, mode.MODE_I | mode.MODE_M), []
    for start in range(0, len(sound), BLOCK):
        block = sound[start : start + BLOCK]
        state.add_frames(block.reshape(-1), len(block))
        momentary.append(pyebur128.get_loudness_momentary(state))
    return pyebur128.get_loudness_global(state), momentary


def by_lupy(sound):
    meter = Meter(block_size=BLOCK, num_channels=2)
    meter.write_all(np.ascontiguousarray(sound.T))
    return float(meter.processor.integrated_lkfs), meter.processor.momentary_lkfs.tolist()


signal_1 = tone((-23, 20))
totals = [by_pyebur128(signal_1)[0], by_lupy(signal_1)[0], integrated_lufs(signal_1, RATE)]
print(f"signal 1: {totals[0]:.1f} LUFS by pyebur128 and by lupy, {totals[2]:.1f} LUFS by dsp-audio-metrics")
signal_12 = tone(*[(-20, 0.18), (-30, 0.22)] * 25)
ranges = []
for meter in (by_pyebur128, by_lupy):
    moments = meter(signal_12)[1][10:]  # after the first second
    ranges.append((min(moments), max(moments)))
texts = [f"from {low:.1f} to {high:.1f} LUFS by" for low, high in ranges]
print(f"signal 12: {texts[0]} pyebur128, {texts[1]} lupy")
right = all(abs(total + 23) < 0.1 for total in totals[:2]) and ranges[0][1] - ranges[0][0] < 0.1
if not right or abs(totals[2] + 26) > 0.1 or ranges[1][1] - ranges[1][0] < 2:
    sys.exit("changed: -26.0 LUFS of signal 1, and 2.7 LU between the moments of signal 12, were expected")
PY
