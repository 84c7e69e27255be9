#!/usr/bin/env bash
# wave-resampler filters the samples that it is given, in their own array
#
# Software: wave-resampler 1.0.0, Node.js 20
# Guess:    resample(samples, 48000, 8000) returns new samples, as its documentation says, and leaves those that it is
#           given as they were: the same call gives the same again.
# Seen:     Towards a lower rate its low pass, which is on by default, writes into the caller's array: of a tone of 7
#           kHz at full strength hardly anything is left there, and the second call returns something else. A program
#           that sends 8 kHz to the telephone and keeps 48 kHz for the record keeps what the telephone gets.
# Output:   48 to 8 kHz: the caller's samples are as before: false, the same again: false
#           48 to 8 kHz without low pass: the caller's samples are as before: true, the same again: true
#           48 to 96 kHz: the caller's samples are as before: true, the same again: true
# Callbox:  converts rates with FFmpeg's libswresample (PyAV), in Python.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wave-resampler@1.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { resample } = require('wave-resampler')

const tone = () => Array.from({ length: 4800 }, (_, index) => 10000 * Math.sin(2 * Math.PI * 7000 * index / 48000))
const same = (one, other) => one.length === other.length && one.every((sample, index) => sample === other[index])
const CASES = [
  ['48 to 8 kHz', 8000, {}],
  ['48 to 8 kHz without low pass', 8000, { LPF: false }],
  ['48 to 96 kHz', 96000, {}]
]
const seen = []
for (const [name, rate, options] of CASES) {
  const samples = tone()
  const first = resample(samples, 48000, rate, { ...options })
  const kept = same(samples, tone())
  const again = same(first, resample(samples, 48000, rate, { ...options }))
  console.log(`${name}: the caller's samples are as before: ${kept}, the same again: ${again}`)
  seen.push(kept, again)
}
if (seen.join() !== 'false,false,true,true,true,true') {
  console.error('changed: other samples were expected in the array of the first case alone')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
