#!/usr/bin/env bash
# pcm-util reads big endian samples as little endian ones, so that 1000 is -6141
#
# Software: pcm-util 3.0.0 (npm), Node.js 20
# Guess:    convert() and toAudioBuffer() heed byteOrder of the format that they are given: L16 of RTP, big endian (RFC
#           3551, 4.5.11), becomes numbers of 16 bits in little endian, or floats, of the same sound. The README's
#           defaults have two channels.
# Seen:     The byte order of what is read is never looked at; of what is written it is, so that LE to BE is right and
#           BE to LE changes no octet. A quiet voice becomes loud noise. The default is one channel.
# Output:   1000 -1000 in BE to LE: -6141 6396
#           1000 -1000 in LE to BE: 1000 -1000
#           1000 -1000 in BE as an AudioBuffer: -0.187 0.195
#           channels by default: 1
# Callbox:  has samples of 16 bits in little endian only (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" pcm-util@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const pcm = require('pcm-util')

const SAMPLES = [1000, -1000]
const format = (byteOrder) => pcm.normalize({ bitDepth: 16, byteOrder, channels: 1, sampleRate: 8000 })
const written = (order) => {
  const buffer = Buffer.alloc(SAMPLES.length * 2)
  SAMPLES.forEach((value, index) => buffer[`writeInt16${order}`](value, index * 2))
  return buffer
}
const read = (octets, order) => {
  const buffer = Buffer.from(octets)
  return SAMPLES.map((_, index) => buffer[`readInt16${order}`](index * 2)).join(' ')
}

const little = read(pcm.convert(written('BE'), format('BE'), format('LE')), 'LE')
const big = read(pcm.convert(written('LE'), format('LE'), format('BE')), 'BE')
const floats = Array.from(pcm.toAudioBuffer(written('BE'), format('BE')).getChannelData(0), (value) => value.toFixed(3))
const { channels } = pcm.normalize({})
console.log('1000 -1000 in BE to LE:', little)
console.log('1000 -1000 in LE to BE:', big)
console.log('1000 -1000 in BE as an AudioBuffer:', floats.join(' '))
console.log('channels by default:', channels)
if (little !== '-6141 6396' || big !== '1000 -1000' || floats[0] !== '-0.187' || channels !== 1) {
  console.error('changed: -6141 and 6396 were expected')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
