#!/usr/bin/env bash
# x-law makes -2147483648 of each sample when it resamples 32 bits, and hears full scale in silence of 8 bits
#
# Software: x-law 0.3.1 (npm), Node.js 20
# Guess:    utils.resample() takes 8, 16, 24 and 32 bits, and 16 kHz to 16 kHz is what it was. calculateLoudness() is
#           the RMS of PCM in dB (its README): silence is its lowest value, -100. In 8 bits silence is 128, as in the
#           WAV files for which createWavHeader() makes the header.
# Seen:     The largest sample is computed by a shift of 32 bits, which wraps, so it is below the smallest one and each
#           sample becomes -2147483648. calculateLoudness() takes 8 bits for signed ones: silence is 0.07 dB, more than
#           full scale.
# Output:   resampled in 16 bits: 0 1000 -1000
#           resampled in 24 bits: 0 1000 -1000
#           resampled in 32 bits: -2147483648 -2147483648 -2147483648
#           silence in 16 bits: -100.00 dB
#           silence in 8 bits: 0.07 dB
# Callbox:  converts rates with FFmpeg's libswresample (PyAV), in 16 bits.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" x-law@0.3.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { utils } = require('x-law')

const seen = []
for (const bits of [16, 24, 32]) {
  seen.push(utils.resample([0, 1000, -1000], 16000, 16000, bits).join(' '))
  console.log(`resampled in ${bits} bits: ${seen.at(-1)}`)
}
for (const [bits, octet] of [[16, 0], [8, 128]]) {
  seen.push(utils.calculateLoudness(Buffer.alloc(160, octet), bits).toFixed(2))
  console.log(`silence in ${bits} bits: ${seen.at(-1)} dB`)
}
const full = '-2147483648 -2147483648 -2147483648'
if (seen.join('|') !== `0 1000 -1000|0 1000 -1000|${full}|-100.00|0.07`) {
  console.error('changed: full scale in 32 and in 8 bits was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
