#!/usr/bin/env bash
# alawmulaw encodes silence in mu-law as -1
#
# Software: alawmulaw 6.0.0, Node.js 20
# Guess:    encodeSample() gives an octet, 0 to 255, as its alaw.encodeSample() does: of silence 255 (ITU-T G.711).
# Seen:     mulaw.encodeSample() gives a number below 0 for each sample, which a Buffer's writeUInt8() refuses. encode()
#           of an array is right.
# Output:   alaw of 0, 100, -100: 213, 211, 83
#           mulaw of 0, 100, -100: -1, -14, -142
#           mulaw of an array of them: 255, 242, 114
#           writeUInt8(mulaw.encodeSample(0)): ERR_OUT_OF_RANGE
# Callbox:  speaks Opus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" alawmulaw@6.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { alaw, mulaw } = require('alawmulaw')

const samples = [0, 100, -100]
const one = samples.map((sample) => mulaw.encodeSample(sample))
const all = Array.from(mulaw.encode(Int16Array.from(samples)))
let written = 'no error'
try {
  Buffer.alloc(1).writeUInt8(one[0])
} catch (error) {
  written = error.code
}
console.log('alaw of 0, 100, -100:', samples.map((sample) => alaw.encodeSample(sample)).join(', '))
console.log('mulaw of 0, 100, -100:', one.join(', '))
console.log('mulaw of an array of them:', all.join(', '))
console.log(`writeUInt8(mulaw.encodeSample(0)): ${written}`)
if (one.some((octet) => octet >= 0) || all[0] !== 255) {
  console.error('changed: numbers below 0 were expected of single samples')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
