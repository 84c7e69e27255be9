#!/usr/bin/env bash
# @purinton/resampler raises RangeError at a chunk that ends within a sample, and makes 1 kHz of 7 kHz
#
# Software: @purinton/resampler 1.0.4 (npm), Node.js 20
# Guess:    It is a stream, "drop-in replacement for ffmpeg pipes" by its documentation: a pipe or a socket may cut anywhere,
#           so the octet that is over waits for the next chunk. Its "high-quality windowed-sinc resampling" from 48 kHz to
#           8 kHz leaves nothing of a tone of 7 kHz, which is above the new band.
# Seen:     A chunk with an odd number of octets raises RangeError out of write(). The tone comes out at full strength as
#           one of 1 kHz: its filter has the width of the old rate.
# Output:   chunks of 640 octets: 8000 samples less 1
#           chunks of 641 octets: RangeError: Offset is outside the bounds of the DataView
#           7 kHz at 8000 of 32767, from 48 kHz to 8 kHz: 1000 Hz, effective level 100 % of the input's
# Callbox:  resamples with FFmpeg (PyAV).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @purinton/resampler@1.0.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Resampler } = require('@purinton/resampler')

const RATE = 48000
const INPUT = Buffer.alloc(2 * RATE) // a second of 7 kHz
for (let at = 0; at < RATE; at++) INPUT.writeInt16LE(Math.round(8000 * Math.sin(2 * Math.PI * 7000 * at / RATE)), 2 * at)

async function resampled (bytes) {
  const resampler = new Resampler({ inRate: RATE, outRate: 8000, inChannels: 1, outChannels: 1 })
  const made = []
  resampler.on('data', (chunk) => made.push(chunk))
  for (let at = 0; at < INPUT.length; at += bytes) resampler.write(INPUT.subarray(at, at + bytes))
  resampler.end()
  await new Promise((resolve) => resampler.on('end', resolve))
  return Buffer.concat(made)
}

function level (sound) {
  let sum = 0
  for (let at = 0; at < sound.length; at += 2) sum += sound.readInt16LE(at) ** 2
  return Math.sqrt(sum / (sound.length / 2))
}

async function main () {
  const sound = await resampled(640)
  console.log(`chunks of 640 octets: 8000 samples less ${8000 - sound.length / 2}`)
  const error = await resampled(641).then(() => 'none', String)
  console.log(`chunks of 641 octets: ${error}`)
  let periods = 0
  for (let at = 2; at < sound.length; at += 2) periods += sound.readInt16LE(at - 2) < 0 && sound.readInt16LE(at) >= 0
  const percent = Math.round(100 * level(sound) / level(INPUT))
  console.log(`7 kHz at 8000 of 32767, from 48 kHz to 8 kHz: ${periods} Hz, effective level ${percent} % of the input's`)
  if (!error.startsWith('RangeError') || Math.abs(periods - 1000) > 1 || percent < 90) {
    console.error('changed: RangeError was expected, and 1000 Hz at the level of the input')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
