#!/usr/bin/env bash
# An empty packet ends PyAV's Opus decoder for good
#
# Software: PyAV 18.1.0 with its FFmpeg (libavcodec 62.28) and libopus
# Guess:    A packet without a byte in a decoder's place says that one is lost: libopus' opus_decode() takes no data as
#           just that, and makes 20 ms up. At worst the decoder refuses it, and takes the next packet.
# Seen:     Nothing is made up, and from then on each good packet raises EOFError: an empty packet is FFmpeg's end of
#           the stream.
# Output:   packet of 3 bytes: 960
#           packet of 3 bytes: 960
#           packet of 0 bytes: 0
#           packet of 3 bytes: EOFError
#           packet of 3 bytes: EOFError
# Callbox:  decodes with libopus by ctypes and conceals by opus_decode() without data (docs/decisions/0013).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import fractions
import sys

import av

TIME_BASE = fractions.Fraction(1, 48000)
encoder = av.CodecContext.create("libopus", "w")
encoder.format, encoder.layout, encoder.sample_rate, encoder.time_base = "s16", "mono", 48000, TIME_BASE
payloads = []
for number in range(5):
    frame = av.AudioFrame(format="s16", layout="mono", samples=960)
    frame.planes[0].update(bytes(1920))
    frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, TIME_BASE
    payloads += [bytes(packet) for packet in encoder.encode(frame)]

decoder = av.CodecContext.create("libopus", "r")
decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", 48000
seen = []
for payload in [*payloads[:2], b"", *payloads[3:]]:
    try:
        seen.append(sum(frame.samples for frame in decoder.decode(av.Packet(payload))))
    except EOFError:
        seen.append("EOFError")
    print(f"packet of {len(payload)} bytes: {seen[-1]}")
if seen != [960, 960, 0, "EOFError", "EOFError"]:
    sys.exit("changed: EOFError was expected for each packet after the empty one")
PY
