#!/usr/bin/env bash
# fili's bandstop filter doubles what it shall stop, and its Blackman window goes below zero
#
# Software: fili 2.0.3 (npm), Node.js 20
# Guess:    A FIR bandstop of F1 800 Hz and F2 1200 Hz passes 100 Hz and 5 kHz, and not 1 kHz; the bandpass of the same
#           numbers does the opposite. A Blackman window is 0.42 - 0.5 cos + 0.08 cos, never below zero, so a tone of
#           the hundredth bin has its peak there.
# Seen:     The bandstop is the sum of a lowpass up to F2 and a highpass from F1, which both pass what is between: a
#           tone of 1 kHz comes out twice as large. With F1 above F2 it would stop it. The window is reckoned with alpha
#           0.5 in place of 0.16: it goes down to -0.12 of its highest value, and the peak is a bin beside the tone.
# Output:   bandpass: -91.9 dB at 100 Hz, -0.0 dB at 1 kHz, -82.6 dB at 5 kHz
#           bandstop: 0.0 dB at 100 Hz, 6.0 dB at 1 kHz, 0.0 dB at 5 kHz
#           a tone of 1 kHz with amplitude 1 behind the bandstop: 2.0
#           Blackman window: down to -0.12 of its highest value; the peak of bin 100 is bin 101
# Callbox:  filters and transforms no sound in JavaScript.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" fili@2.0.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Fft, FirCoeffs, FirFilter } = require('fili')

const Fs = 48000
const design = (kind) => new FirFilter(new FirCoeffs()[kind]({ order: 2000, Fs, F1: 800, F2: 1200 }))
const seen = []
for (const kind of ['bandpass', 'bandstop']) {
  const response = design(kind).response(2400) // bins of 10 Hz
  const levels = [100, 1000, 5000].map((hz) => response[hz / 10].dBmagnitude.toFixed(1))
  seen.push(levels[1])
  console.log(`${kind}: ${levels[0]} dB at 100 Hz, ${levels[1]} dB at 1 kHz, ${levels[2]} dB at 5 kHz`)
}
const filter = design('bandstop')
const sound = Array.from({ length: 9600 }, (_, index) => filter.singleStep(Math.sin(2 * Math.PI * 1000 * index / Fs)))
seen.push(Math.max(...sound.slice(4800)).toFixed(1))
console.log(`a tone of 1 kHz with amplitude 1 behind the bandstop: ${seen[2]}`)
const fft = new Fft(1024)
const { re, im } = fft.forward(new Array(1024).fill(1), 'blackman')
const window = [...fft.inverse(re, im)]
seen.push((Math.min(...window) / Math.max(...window)).toFixed(2))
const tone = Array.from({ length: 1024 }, (_, index) => Math.sin(2 * Math.PI * 100 * index / 1024))
const magnitude = [...fft.magnitude(fft.forward(tone, 'blackman'))].slice(0, 512)
seen.push(magnitude.indexOf(Math.max(...magnitude)))
console.log(`Blackman window: down to ${seen[3]} of its highest value; the peak of bin 100 is bin ${seen[4]}`)
if (seen[1] !== '6.0' || seen[2] !== '2.0' || Number(seen[3]) > -0.1 || seen[4] === 100) {
  console.error('changed: 6.0 dB and 2.0 of the bandstop, and a window below zero, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
