#!/usr/bin/env bash
# Four JavaScript readers of WAV files don't find the sound behind a chunk of odd length
#
# Software: node-wav 0.0.2, wav 1.0.2, wav-decoder 1.3.0, @echogarden/wave-codec 0.4.0, Node.js 20
# Guess:    A chunk of three octets is followed by one octet that its length doesn't count: RIFF pads chunks to even
#           lengths (Multimedia Programming Interface and Data Specifications 1.0, 1991, "Chunks"). A title of odd
#           length in front of the sound changes nothing.
# Seen:     All four go on at the pad, and read "\0dat" as the next chunk. wav ends without a sample and without an
#           error; the others raise errors that name something else.
# Output:   node-wav: four octets before the sound: 3 samples; three: TypeError
#           wav: four octets before the sound: 3 samples; three: 0 samples
#           wav-decoder: four octets before the sound: 3 samples; three: RangeError
#           wave-codec: four octets before the sound: 3 samples; three: Error
# Callbox:  reads WAV files with FFmpeg (announcements) and Python's wave (chimes), which know the pad.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-wav@0.0.2 wav@1.0.2 wav-decoder@1.3.0 \
  @echogarden/wave-codec@0.4.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const nodeWav = require('node-wav')
const wav = require('wav')
const wavDecoder = require('wav-decoder')

function chunk (name, data) {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from(name), length, data, Buffer.alloc(data.length % 2)])
}

function file (note) {
  const format = Buffer.from('0100010080bb00000077010002001000', 'hex')
  const data = Buffer.from(new Int16Array([1000, -1000, 5]).buffer)
  const body = [Buffer.from('WAVE'), chunk('fmt ', format), chunk('note', Buffer.from(note)), chunk('data', data)]
  return Buffer.from(new Uint8Array(chunk('RIFF', Buffer.concat(body))).buffer) // not of Node's pool
}

const streamed = (bytes) => new Promise((resolve, reject) => {
  let length = 0
  const reader = new wav.Reader()
  reader.on('data', (data) => { length += data.length }).on('end', () => resolve(length / 2)).on('error', reject)
  reader.end(bytes)
})

async function main () {
  const echogarden = await import('@echogarden/wave-codec')
  const readers = {
    'node-wav': (bytes) => nodeWav.decode(bytes).channelData[0].length,
    wav: streamed,
    'wav-decoder': async (bytes) => (await wavDecoder.decode(bytes.buffer)).length,
    'wave-codec': (bytes) => echogarden.decodeWaveToFloat32Channels(bytes).audioChannels[0].length
  }
  const seen = []
  for (const [name, read] of Object.entries(readers)) {
    const results = []
    for (const note of ['abcd', 'abc']) {
      try {
        results.push(`${await read(file(note))} samples`)
      } catch (error) {
        results.push(error.name ?? 'Error')
      }
    }
    console.log(`${name}: four octets before the sound: ${results[0]}; three: ${results[1]}`)
    seen.push(...results)
  }
  if (seen.some((result, index) => (result === '3 samples') !== (index % 2 === 0))) {
    console.error('changed: no sound was expected behind three octets')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
