#!/usr/bin/env bash
# Two JavaScript readers of WAV files make the loudest positive sample of the loudest negative one
#
# Software: node-wav 0.0.2, wav-decoder 1.3.0, Node.js 20
# Guess:    Samples of 24 bits are signed, -8388608 to 8388607 (Multimedia Programming Interface and Data Specifications
#           1.0, "Data Format of the Samples"): the smallest comes out as -1, as -32768 of 16 bits does.
# Seen:     It comes out as +1: only what is above 0x800000 is taken for negative, and 0x800000 itself isn't. A voice
#           that touches the bottom jumps to the top: a click of twice the full scale.
# Output:   node-wav: 16 bits: 1.000 -1.000; 24 bits: -0.900 -1.000 becomes -0.900 1.000
#           wav-decoder: 16 bits: 1.000 -1.000; 24 bits: -0.900 -1.000 becomes -0.900 1.000
# Callbox:  reads an announcement of 24 bits with FFmpeg, which gives -1; its own sounds have 16 bits (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-wav@0.0.2 wav-decoder@1.3.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const nodeWav = require('node-wav')
const wavDecoder = require('wav-decoder')

function file (bits, samples) {
  const size = bits / 8
  const bytes = Buffer.from(new ArrayBuffer(44 + size * samples.length))
  bytes.write('RIFF')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(48000, 24)
  bytes.writeUInt32LE(48000 * size, 28)
  bytes.writeUInt16LE(size, 32)
  bytes.writeUInt16LE(bits, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(size * samples.length, 40)
  samples.forEach((sample, index) => bytes.writeIntLE(sample, 44 + size * index, size))
  return bytes
}

const text = (samples) => Array.from(samples, (sample) => sample.toFixed(3)).join(' ')

async function main () {
  const readers = {
    'node-wav': async (bytes) => nodeWav.decode(bytes).channelData[0],
    'wav-decoder': async (bytes) => (await wavDecoder.decode(bytes.buffer)).channelData[0]
  }
  let changed = false
  for (const [name, read] of Object.entries(readers)) {
    const short = text(await read(file(16, [32767, -32768])))
    const long = text(await read(file(24, [-7549747, -8388608])))
    console.log(`${name}: 16 bits: ${short}; 24 bits: -0.900 -1.000 becomes ${long}`)
    changed ||= short !== '1.000 -1.000' || long !== '-0.900 1.000'
  }
  if (changed) {
    console.error('changed: 1.000 was expected in place of the smallest sample of 24 bits')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
