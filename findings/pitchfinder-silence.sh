#!/usr/bin/env bash
# pitchfinder hears 17.6 kHz in silence and in a quiet voice
#
# Software: pitchfinder 2.3.4 (npm), Node.js 20
# Guess:    YIN() gives "null if pitch cannot be identified", as for silence (README), and the pitch of a voice is the
#           same however loud it is: YIN divides the difference by its mean over the shorter delays (de Cheveigné and
#           Kawahara 2002, equation 8). Macleod() finds the pitch of a sound that is longer than its bufferSize, 1024 by
#           default.
# Seen:     The difference at a delay of one sample is replaced by 1 before the mean is made of it. So the second sample
#           is already below the threshold unless the sound is loud: a tone of 150 Hz is one of 17.8 kHz at -20 dBFS.
#           Macleod() gives no pitch, with a probability of -Infinity, of any sound that is longer than bufferSize.
# Output:   silence: 17640 Hz
#           150 Hz at -6 dBFS: 150 Hz
#           150 Hz at -20 dBFS: 17793 Hz
#           150 Hz at -26 dBFS: 17679 Hz
#           Macleod of 150 Hz: 150 Hz in 1024 samples, -1 Hz in 2048
# Callbox:  detects no pitch.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" pitchfinder@2.3.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Macleod, YIN } = require('pitchfinder')

const sampleRate = 44100
const tone = (amplitude, length) =>
  Float32Array.from({ length }, (_, index) => amplitude * Math.sin(2 * Math.PI * 150 * index / sampleRate))
const yin = YIN({ sampleRate })
const seen = [yin(new Float32Array(2048))]
console.log(`silence: ${seen[0]} Hz`)
for (const level of [-6, -20, -26]) {
  seen.push(Math.round(yin(tone(10 ** (level / 20), 2048))))
  console.log(`150 Hz at ${level} dBFS: ${seen.at(-1)} Hz`)
}
const macleod = [1024, 2048].map((length) => Math.round(Macleod({ sampleRate })(tone(0.5, length)).freq))
console.log(`Macleod of 150 Hz: ${macleod[0]} Hz in 1024 samples, ${macleod[1]} Hz in 2048`)
if ([...seen, ...macleod].join() !== '17640,150,17793,17679,150,-1') {
  console.error('changed: 17.6 kHz or more were expected of silence and of quiet tones')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
