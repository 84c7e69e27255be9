#!/usr/bin/env bash
# ltiprobe takes 7 of a call's 93 points for one lost packet in ten thousand, and the round trip for one way
#
# Software: ltiprobe 1.6.1 (PyPI), Python 3.11
# Guess:    It computes R and MOS by ITU-T G.107 for G.711 with Bpl = 25 (the docstring of calculer_mos): a loss of 0.01
#           % takes 95 * 0.01 / (0.01 + 25) = 0.04 from R. The delay of G.107 is one way, from mouth to ear; ltiprobe
#           has the round trip of ICMP, so 300 ms there are 150 ms, which take 3.6.
# Seen:     Bpl isn't used. Any loss at all takes 7, and then 30 ln(1 + 15 e); G.711 has 0 in the place of this 7 (Cole
#           and Rosenbluth, 2001). The round trip is taken for the delay of one way: 300 ms take 20.7.
# Output:   20 ms, no loss: R 92.7, MOS 4.4
#           20 ms, 0.01 % lost: R 85.7, MOS 4.22
#           300 ms, no loss: R 72.5, MOS 3.71
# Callbox:  tells what is lost and concealed, and no score (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ltiprobe==1.6.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from ltiprobe.core import calculer_mos

seen = []
for round_trip_ms, loss_percent in ((20, 0), (20, 0.01), (300, 0)):
    found = calculer_mos(round_trip_ms, 0, loss_percent)
    seen.append((found["r_factor"], found["mos"]))
    loss = f"{loss_percent} % lost" if loss_percent else "no loss"
    print(f"{round_trip_ms} ms, {loss}: R {seen[-1][0]}, MOS {seen[-1][1]}")
if seen[0][0] - seen[1][0] < 6.9 or seen[0][0] - seen[2][0] < 20:
    sys.exit("changed: 7 for any loss and the round trip as a delay were expected")
PY
