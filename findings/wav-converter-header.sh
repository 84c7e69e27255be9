#!/usr/bin/env bash
# wav-converter's WAV file of a second lasts 33 minutes for FFmpeg, and half a second for mutagen
#
# Software: wav-converter 1.0.0 (npm), Node.js 20; its readers: av 18.1.0 (FFmpeg), mutagen 1.48.1, Python's wave
# Guess:    encodeWav(), called as in its README, writes the header of the second that it is given: the data chunk's
#           length is that of the samples, RIFF's is 36 more, the octets of a second are the rate times those of a
#           frame, and a frame of one channel in 16 bits has 2 (Multimedia Programming Interface and Data Specifications
#           1.0).
# Seen:     The two lengths are in each other's place, each frame has 4 octets, and byteRate, for which the README gives
#           16, is written as the octets of a second. Python's wave tells 18 samples more, and reads 18 less.
# Output:   frame 4 octets, a second 16 octets, RIFF 32000, data 32036
#           Python's wave: 16018 samples told, 15982 read
#           FFmpeg: 2000 s, mutagen: 0.5 s
# Callbox:  writes WAV files with Python's wave (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wav-converter@1.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { encodeWav } = require('wav-converter')

const second = Buffer.alloc(32000, 1) // 16 kHz, 16 bits, one channel
const file = encodeWav(second, { numChannels: 1, sampleRate: 16000, byteRate: 16 })
require('fs').writeFileSync(`${__dirname}/second.wav`, file)
JS
node "$tmp/run.cjs"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1
"$tmp/venv/bin/python" -W ignore - "$tmp/second.wav" <<'PY'
import struct
import sys
import wave
from pathlib import Path

import av
from mutagen.wave import WAVE

content = Path(sys.argv[1]).read_bytes()
(riff,), (data,) = struct.unpack_from("<I", content, 4), struct.unpack_from("<I", content, 40)
second, frame = struct.unpack_from("<IH", content, 28)
with wave.open(sys.argv[1]) as file:
    counts = file.getnframes(), len(file.readframes(100_000)) // 2
with av.open(sys.argv[1]) as file:
    lengths = round(file.duration / av.time_base), round(WAVE(sys.argv[1]).info.length, 1)
print(f"frame {frame} octets, a second {second} octets, RIFF {riff}, data {data}")
print(f"Python's wave: {counts[0]} samples told, {counts[1]} read")
print(f"FFmpeg: {lengths[0]} s, mutagen: {lengths[1]} s")
if (frame, second, riff, data) != (4, 16, 32000, 32036) or counts != (16018, 15982) or lengths != (2000, 0.5):
    sys.exit("changed: a header with these numbers was expected")
PY
