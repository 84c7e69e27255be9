#!/usr/bin/env bash
# wavefile takes the pad behind an odd number of mu-law samples for a sample, which is a click
#
# Software: wavefile 11.0.0, Node.js 20
# Guess:    A recording of a telephone with 5 samples of 8 bits has 5 samples: the length of the data chunk says so, and
#           the octet that pads it to an even length isn't counted (Multimedia Programming Interface and Data
#           Specifications 1.0, 1991, "Chunks").
# Seen:     getSamples() returns 6. The pad's 0 is no silence in mu-law but the largest negative sample: fromMuLaw()
#           ends each such recording in a click of full scale. With 8 bits of PCM it is the same number.
# Output:   mu-law, 5 samples of silence: 255 255 255 255 255 0
#           as 16 bits: 0 0 0 0 0 -32124
# Callbox:  reads an announcement in mu-law with FFmpeg, which knows the pad; its own sounds are PCM (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wavefile@11.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { WaveFile } = require('wavefile')

const SAMPLES = Buffer.alloc(5, 0xff) // 0xff is silence in mu-law
const format = Buffer.from('07000100401f0000401f0000010008000000', 'hex') // mu-law, 8000 Hz
const length = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes }
const body = Buffer.concat([Buffer.from('WAVEfmt '), length(format.length), format, Buffer.from('data'),
  length(SAMPLES.length), SAMPLES, Buffer.alloc(1)])
const file = new WaveFile(Buffer.concat([Buffer.from('RIFF'), length(body.length), body]))
const coded = Array.from(file.getSamples()).join(' ')
file.fromMuLaw()
const plain = Array.from(file.getSamples()).join(' ')
console.log('mu-law, 5 samples of silence:', coded)
console.log('as 16 bits:', plain)
if (coded !== '255 255 255 255 255 0' || !plain.endsWith(' -32124')) {
  console.error('changed: a sixth sample of 0 was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
