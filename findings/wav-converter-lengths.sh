#!/usr/bin/env bash
# wav-converter exchanges the two lengths of a WAV file, so one second lasts 17 minutes, half a second or 1.002 s
#
# Software: wav-converter 1.0.0 (npm), Node.js 20; read with PyAV 18.1.0, mutagen 1.48.1 and Python's wave
# Guess:    encodeWav(pcm, { numChannels: 1, sampleRate: 8000, byteRate: 16 }) writes one second of 16-bit PCM with the
#           lengths of the RIFF file and of its data, as its documentation does (there with 16000 Hz). A reader finds 8000
#           samples.
# Seen:     The file's length is that of the data, and the data's is 36 octets more than there are; a frame of one channel
#           has four octets, and the 16, which are the bits, stand for octets in a second. PyAV says 1000 s by these,
#           mutagen half a second by the frames, and wave 8018 frames, of which it gives 7982.
# Output:   in the header: RIFF 16000, data 16036, octets in a frame 4, in a second 16
#           PyAV: 1000.0 s
#           mutagen: 0.501 s
#           wave: 8018 frames, of which it reads 7982
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wav-converter@1.0.0 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1
cd "$tmp"
cat > run.cjs <<'JS'
const { writeFileSync } = require('fs')
const { encodeWav } = require('wav-converter')

writeFileSync('sound.wav', encodeWav(Buffer.alloc(16000, 1), { numChannels: 1, sampleRate: 8000, byteRate: 16 }))
JS
node run.cjs
venv/bin/python - <<'PY'
import struct
import sys
import wave

import av
from mutagen.wave import WAVE

with open("sound.wav", "rb") as file:
    header = file.read(44)
riff, data = struct.unpack_from("<I", header, 4)[0], struct.unpack_from("<I", header, 40)[0]
second, frame = struct.unpack_from("<IH", header, 28)
print(f"in the header: RIFF {riff}, data {data}, octets in a frame {frame}, in a second {second}")
with av.open("sound.wav") as container:
    pyav_s = container.duration / av.time_base
print(f"PyAV: {pyav_s:.1f} s")
mutagen_s = WAVE("sound.wav").info.length
print(f"mutagen: {mutagen_s:.3f} s")
with wave.open("sound.wav") as sound:
    frames = sound.getnframes()
    read = len(sound.readframes(frames)) // 2
print(f"wave: {frames} frames, of which it reads {read}")
if (riff, data, frames, read, round(pyav_s)) != (16000, 16036, 8018, 7982, 1000):
    sys.exit("changed: exchanged lengths, 1000 s and 7982 of 8018 frames were expected")
PY
