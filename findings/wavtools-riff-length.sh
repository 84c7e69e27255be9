#!/usr/bin/env bash
# wavtools' WAV file of a second is eight samples long for Python, and calls itself MPEG
#
# Software: wavtools 0.1.5 (npm), Node.js 20, Python 3.11, soundfile 0.14.0 (PyPI)
# Guess:    WavPacker.pack() makes an "audio/wav" Blob of PCM (its docstring), whose RIFF chunk is as long as all that
#           is in it: 36 octets and the samples.
# Seen:     The length of the RIFF chunk is 52, however long the sound is. Python's wave reads to the end of this chunk
#           only, which is 16 octets of sound, though it tells 24000 frames; libsndfile doesn't ask. The Blob's type is
#           audio/mpeg.
# Output:   type audio/mpeg, 48044 octets, RIFF chunk of 52
#           wave: 24000 frames told, 8 read
#           soundfile: 24000 frames told, 24000 read
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wavtools@0.1.5 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soundfile==0.14.0
cat > "$tmp/run.mjs" <<'JS'
import fs from 'node:fs'
import { WavPacker } from 'wavtools/lib/wav_packer.js'

const samples = Float32Array.from({ length: 24000 }, (_, index) => Math.sin(index / 10) / 2)
const data = new Int16Array(WavPacker.floatTo16BitPCM(samples))
const { blob } = new WavPacker().pack(24000, { bitsPerSample: 16, channels: [samples], data })
const file = Buffer.from(await blob.arrayBuffer())
fs.writeFileSync(new URL('sound.wav', import.meta.url), file)
console.log(`type ${blob.type}, ${file.length} octets, RIFF chunk of ${file.readUInt32LE(4)}`)
if (blob.type !== 'audio/mpeg' || file.readUInt32LE(4) !== 52) {
  console.error('changed: audio/mpeg and 52 were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
"$tmp/venv/bin/python" -W ignore - "$tmp/sound.wav" <<'PY'
import sys
import wave

import soundfile

with wave.open(sys.argv[1]) as file:
    seen = [(file.getnframes(), len(file.readframes(file.getnframes())) // file.getsampwidth())]
seen.append((soundfile.info(sys.argv[1]).frames, len(soundfile.read(sys.argv[1])[0])))
for name, (told, read) in zip(("wave", "soundfile"), seen, strict=True):
    print(f"{name}: {told} frames told, {read} read")
if seen != [(24000, 8), (24000, 24000)]:
    sys.exit("changed: eight samples for Python were expected")
PY
