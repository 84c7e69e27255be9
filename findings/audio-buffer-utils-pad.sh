#!/usr/bin/env bash
# audio-buffer-utils makes 44.1 kHz of 8 kHz when it lengthens a sound, and NaN of silence
#
# Software: audio-buffer-utils 5.1.2 (npm), Node.js 20
# Guess:    pad() and resize() give a buffer "based on the passed one", longer by zeros, with the same sample rate, so
#           that the sound sounds alike. shift() fills with zeros, and normalize() leaves silence silent.
# Seen:     pad() and resize() give 44100 Hz: a prompt of a telephone is played five times as fast. concat() keeps the
#           rate. shift() leaves the old samples where zeros should be; normalize() divides silence by its peak, 0.
# Output:   0.1 0.2 at 8000 Hz: pad 44100 Hz, resize 44100 Hz, concat 8000 Hz
#           0.1 0.2 0.3 shifted by 2: 0.1 0.2 0.1
#           0 0 normalized: NaN NaN
# Callbox:  reads sounds with FFmpeg, into 16 bits at its own rate (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" audio-buffer-utils@5.1.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const util = require('audio-buffer-utils')

/** A buffer of one channel at 8000 Hz. */
const sound = (...samples) => util.create(samples, 1, 8000)
const samples = (buffer) => Array.from(buffer.getChannelData(0), (value) => Number(value.toFixed(3))).join(' ')

const rates = [util.pad(sound(0.1, 0.2), 4), util.resize(sound(0.1, 0.2), 4), util.concat(sound(0.1), sound(0.2))]
  .map(({ sampleRate }) => sampleRate)
const shifted = samples(util.shift(sound(0.1, 0.2, 0.3), 2))
const silence = samples(util.normalize(sound(0, 0)))
console.log(`0.1 0.2 at 8000 Hz: pad ${rates[0]} Hz, resize ${rates[1]} Hz, concat ${rates[2]} Hz`)
console.log('0.1 0.2 0.3 shifted by 2:', shifted)
console.log('0 0 normalized:', silence)
if (String(rates) !== '44100,44100,8000' || shifted !== '0.1 0.2 0.1' || silence !== 'NaN NaN') {
  console.error('changed: 44100 Hz, old samples and NaN were expected')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
