#!/usr/bin/env bash
# audiobuffer-to-wav plays the first of four microphones four times too fast
#
# Software: audiobuffer-to-wav 1.0.0 (npm), Python 3.11 as the reader, Node.js 20
# Guess:    It converts an AudioBuffer to a WAV file (its README): one second of an array of four or six microphones is
#           one second with four or six channels.
# Seen:     Two channels are interleaved; otherwise only the first one is written, while the header has the number of
#           channels. So a second of four channels is a quarter of one, in which the first microphone is in all of them.
#           With six channels the data aren't even a whole number of frames.
# Output:   1 channel(s): 1.000 s, the first frame is 0.1
#           2 channel(s): 1.000 s, the first frame is 0.1 0.2
#           4 channel(s): 0.250 s, the first frame is 0.1 0.1 0.1 0.1
#           6 channel(s): 0.167 s, the first frame is 0.1 0.1 0.1 0.1 0.1 0.1
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" audiobuffer-to-wav@1.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const fs = require('fs')
const toWav = require('audiobuffer-to-wav')

for (const numberOfChannels of [1, 2, 4, 6]) {
  const channels = [1, 2, 3, 4, 5, 6].map((number) => new Float32Array(16000).fill(number / 10))
  const getChannelData = (index) => channels[index]
  const buffer = { numberOfChannels, sampleRate: 16000, length: 16000, getChannelData }
  fs.writeFileSync(`${__dirname}/${numberOfChannels}.wav`, Buffer.from(toWav(buffer)))
}
JS
node "$tmp/run.cjs"
python3 - "$tmp" <<'PY'
import struct
import sys
import wave

seen = []
for channels in (1, 2, 4, 6):
    with wave.open(f"{sys.argv[1]}/{channels}.wav") as file:
        seconds = file.getnframes() / file.getframerate()
        frame = struct.unpack(f"<{file.getnchannels()}h", file.readframes(1))
    seen.append((round(seconds, 3), [round(sample / 32767, 1) for sample in frame]))
    print(f"{channels} channel(s): {seconds:.3f} s, the first frame is", *seen[-1][1])
if seen != [(1, [0.1]), (1, [0.1, 0.2]), (0.25, [0.1] * 4), (0.167, [0.1] * 6)]:
    sys.exit("changed: the first channel only was expected beyond two")
PY
