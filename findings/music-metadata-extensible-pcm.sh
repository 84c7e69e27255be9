#!/usr/bin/env bash
# music-metadata calls a recording of 24 bits lossy and "non-PCM" when its header is the extensible one
#
# Software: music-metadata 11.16.1 (npm), Node.js 20, soundfile 0.14.0 with libsndfile 1.2.2 (PyPI), numpy 2.4.6
# Guess:    lossless is "true if lossless, false for lossy encoding" (README). PCM of more than 16 bits or two channels
#           is written with WAVE_FORMAT_EXTENSIBLE, whose subformat tells PCM (Microsoft, Multiple Channel Audio Data
#           and WAVE Files): the same samples are as lossless with it as without it.
# Seen:     It reads no subformat, so the codec is "non-PCM (65534)", and takes each fact chunk for a sign of a lossy
#           codec. Such a chunk counts samples, also of PCM and of floats.
# Output:   WAV: PCM, lossless true, has fact: false
#           WAVEX: non-PCM (65534), lossless false, has fact: true
#           the same samples: true
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soundfile==0.14.0 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$tmp" music-metadata@11.16.1 > "$tmp/npm.log"
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import numpy as np
import soundfile

tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
for kind in ("WAV", "WAVEX"):
    soundfile.write(f"{kind}.wav", tone, 16000, format=kind, subtype="PCM_24")
PY
cat > "$tmp/run.mjs" <<'JS'
import { readFileSync } from 'fs'
import { parseFile } from 'music-metadata'

const seen = []
const sounds = []
for (const kind of ['WAV', 'WAVEX']) {
  const octets = readFileSync(`${kind}.wav`)
  const { format } = await parseFile(`${kind}.wav`)
  sounds.push(octets.subarray(octets.indexOf('data') + 8, octets.indexOf('data') + 8 + 48000))
  seen.push(`${format.codec}, lossless ${format.lossless}, has fact: ${octets.includes('fact')}`)
  console.log(`${kind}: ${seen.at(-1)}`)
}
console.log(`the same samples: ${sounds[0].equals(sounds[1])}`)
if (seen[0] !== 'PCM, lossless true, has fact: false' || !seen[1].startsWith('non-PCM (65534), lossless false')) {
  console.error('changed: "non-PCM (65534)" and lossless false were expected of WAVEX')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
