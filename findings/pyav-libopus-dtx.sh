#!/usr/bin/env bash
# PyAV accepts libopus' option dtx, and nothing changes
#
# Software: PyAV 18.1.0 with its FFmpeg (libavcodec 62.28) and libopus
# Guess:    options={"dtx": "1"} turns discontinuous transmission on (RFC 7587, section 3.1.3: usedtx), or is refused,
#           as a wrong value of another option is: of two seconds of digital silence most packets are one or two bytes.
# Seen:     All packets are as long as without it. FFmpeg's libopus has no such option, and PyAV says nothing about an
#           option that nobody takes, whatever its name.
# Output:   no option: 100 packets of 32 to 35 bytes
#           dtx=1: 100 packets of 32 to 35 bytes
#           no-such-option=1: 100 packets of 32 to 35 bytes
#           application=no-such-application: ArgumentError
# Callbox:  uses libopus by ctypes, where DTX is a request to the encoder (docs/decisions/0013).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import fractions
import sys

import av


def sizes(options):
    """Of the packets of two seconds of digital silence at 32 kb/s."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.bit_rate, encoder.format, encoder.layout, encoder.sample_rate = 32000, "s16", "mono", 48000
    encoder.time_base, encoder.options = fractions.Fraction(1, 48000), {"application": "voip", **options}
    packets = []
    for number in range(100):
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(bytes(1920))
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, fractions.Fraction(1, 48000)
        packets += encoder.encode(frame)
    return [packet.size for packet in packets]


plain, dtx, invented = sizes({}), sizes({"dtx": "1"}), sizes({"no-such-option": "1"})
for name, found in (("no option", plain), ("dtx=1", dtx), ("no-such-option=1", invented)):
    print(f"{name}: {len(found)} packets of {min(found)} to {max(found)} bytes")
try:
    sizes({"application": "no-such-application"})
    refused = "accepted"
except Exception as error:
    refused = type(error).__name__
print("application=no-such-application:", refused)
if dtx != plain or invented != plain or min(dtx) < 20 or refused == "accepted":
    sys.exit("changed: dtx was expected to be ignored without a word, and a wrong value to be refused")
PY
