#!/usr/bin/env bash
# a-law-lib makes 0.005 of 0.1 when it encodes and decodes it, and 3.63 of full scale
#
# Software: a-law-lib 0.2.0 (PyPI), numpy 2.4.6, scipy 1.17.1
# Guess:    A-law compresses x to A x / (1 + ln A) up to 1/A, which is 0.0114, and to (1 + ln(A x)) / (1 + ln A) above
#           (the continuous form of ITU-T G.711): 0.1 becomes 0.580, 1 becomes 1. What is encoded and decoded without
#           quantization is what it was.
# Seen:     It is linear up to 1 / (1 + ln A), which is 0.183, without the A, and divides by ln(1 + ln A) above: there
#           the curve jumps from 1.0 to 2.6. The decoder takes all codes above 0.183 for the upper part, so samples
#           between -29 and -15 dBFS come back 21 to 26 dB quieter.
# Output:   0.01 is encoded as 0.055, decoded as 0.0100
#           0.05 is encoded as 0.274, decoded as 0.0033
#           0.1 is encoded as 0.547, decoded as 0.0053
#           0.18 is encoded as 0.985, decoded as 0.0111
#           0.2 is encoded as 2.685, decoded as 0.2000
#           1.0 is encoded as 3.631, decoded as 1.0000
# Callbox:  sends Opus; it has no A-law.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check a-law-lib==0.2.0 numpy==2.4.6 scipy==1.17.1
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
from a_law_lib import a_law_decode, a_law_encode

samples = np.array([0.01, 0.05, 0.1, 0.18, 0.2, 1.0])
encoded = a_law_encode(samples)
decoded = a_law_decode(encoded)
for sample, code, sound in zip(samples, encoded, decoded, strict=True):
    print(f"{sample} is encoded as {code:.3f}, decoded as {sound:.4f}")
if [f"{sound:.4f}" for sound in decoded[1:4]] != ["0.0033", "0.0053", "0.0111"] or encoded[5] < 3.6:
    sys.exit("changed: 0.0033, 0.0053 and 0.0111 of 0.05, 0.1 and 0.18, and 3.63 of 1.0, were expected")
PY
