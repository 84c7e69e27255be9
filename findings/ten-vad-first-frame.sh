#!/usr/bin/env bash
# ten-vad's answer to the first 10 ms of silence is true
#
# Software: ten-vad 1.0.6.9, libc++1-14 1:14.0.6-12 (Debian 12)
# Guess:    process() tells a probability from 0 to 1, and a flag that is 1 for voice and 0 for none; frames of 160 and
#           256 samples are the two that its README has.
# Seen:     With 160 samples the first answer is a probability of -1.0 and the flag -1, which `if flag:` takes for
#           voice: a recording or a call begins with each silence. With 256 samples the first answer is 0.
# Output:   160 samples: -1.00 -1, 0.25 0, 0.25 0
#           256 samples: 0.25 0, 0.18 0, 0.17 0
# Callbox:  leaves the turns to the bot's VAD (docs/microphone.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ten-vad==1.0.6.9 numpy==2.4.6
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libc++1-14=1:14.0.6-12 libc++abi1-14=1:14.0.6-12 libunwind-14=1:14.0.6-12)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu) "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
from ten_vad import TenVad

seen = {}
for samples in (160, 256):
    vad = TenVad(samples)
    answers = [vad.process(np.zeros(samples, np.int16)) for _ in range(3)]
    seen[samples] = [int(flag) for _, flag in answers]
    print(f"{samples} samples: {', '.join(f'{probability:.2f} {flag}' for probability, flag in answers)}")
if seen != {160: [-1, 0, 0], 256: [0, 0, 0]}:
    sys.exit("changed: -1 was expected of the first frame of 160 samples only")
PY
