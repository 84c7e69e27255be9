#!/usr/bin/env bash
# bumble doesn't know the volume that a telephone sets with =
#
# Software: bumble 0.0.236
# Guess:    A telephone sets the loudness of a hands-free speaker by +VGS:7, and for the sake of headsets also by
#           +VGS=7: the hands-free unit shall accept = in place of the colon (Hands-Free Profile, unsolicited results
#           +VGS and +VGM).
# Seen:     AtResponse.parse_from() takes the whole line for the code, and there is no value: the speaker's volume
#           stays.
# Output:   +VGS:7 has the code +VGS and the parameters 7
#           +VGS=7 has the code +VGS=7 and the parameters none
#           +VGM=9 has the code +VGM=9 and the parameters none
# Callbox:  plays through ALSA; a Bluetooth speaker is its host's part.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check bumble==0.0.236
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from bumble.hfp import AtResponse

seen = []
for line in (b"+VGS:7", b"+VGS=7", b"+VGM=9"):
    response = AtResponse.parse_from(bytearray(line))
    parameters = ", ".join(one.decode() for one in response.parameters) or "none"
    seen.append((response.code, parameters))
    print(f"{line.decode()} has the code {response.code} and the parameters {parameters}")
if seen != [("+VGS", "7"), ("+VGS=7", "none"), ("+VGM=9", "none")]:
    sys.exit("changed: no value was expected behind =")
PY
