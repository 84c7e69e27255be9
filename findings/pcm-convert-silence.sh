#!/usr/bin/env bash
# pcm-convert makes 32768 of silence between whole numbers of 16 and 32 bits
#
# Software: pcm-convert 3.3.0, Node.js 20
# Guess:    Silence stays silence: it is 0 of signed numbers and of floats, and 128 of 8 bits, the middle of 0 to 255
#           (Microsoft's and IBM's RIFF specification of WAVE).
# Seen:     Whole numbers are stretched from their smallest to their largest, whose middle isn't 0. What was silent
#           stands at half a step of the coarser format, so a sound of 8 bits begins and ends with a click of -48 dB. By
#           way of floats it is 0.
# Output:   int16 0 as int32: 32768
#           uint8 128 as int16: 128
#           int8 0 as int16: 128
#           int16 0 as uint8: 127
#           uint8 128 as float32: 0
# Callbox:  reads and plays 16 bits, and says so of other files (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" pcm-convert@3.3.0 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import convert from 'pcm-convert'

const seen = []
for (const [silence, from, to] of [
  [new Int16Array([0]), 'int16', 'int32'],
  [new Uint8Array([128]), 'uint8', 'int16'],
  [new Int8Array([0]), 'int8', 'int16'],
  [new Int16Array([0]), 'int16', 'uint8'],
  [new Uint8Array([128]), 'uint8', 'float32']
]) {
  seen.push(convert(silence, from, to)[0])
  console.log(`${from} ${silence[0]} as ${to}: ${seen.at(-1)}`)
}
if (seen.join() !== '32768,128,128,127,0') {
  console.error('changed: silence was expected of float32 only')
  process.exit(1)
}
JS
cd "$tmp" && node run.mjs
