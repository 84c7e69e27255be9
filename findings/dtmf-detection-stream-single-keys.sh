#!/usr/bin/env bash
# dtmf-detection-stream never tells a third of the keys that are pressed alone
#
# Software: dtmf-detection-stream 1.18.0, Node.js 20
# Guess:    A key of 100 ms with silence around it is told once, at its end: a receiver recognises keys of 40 ms (ITU-T
#           Q.24), and its own example has tones with pauses between.
# Seen:     A key is told at the next block of samples that has more than two tones, as the ragged end of a tone has, or
#           another key. A block of silence ends nothing: whether a key is told depends on where in a block of 92
#           samples it begins and ends. The last key of a number is lost so, and at 48 kHz a key may come twice.
# Output:   8 kHz, 920 presses: never told 310, once 610, twice 0
#           16 kHz, 920 presses: never told 424, once 496, twice 0
#           48 kHz, 920 presses: never told 168, once 734, twice 18
# Callbox:  has a button, and no keys of a telephone.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" dtmf-detection-stream@1.18.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const DtmfDetectionStream = require('dtmf-detection-stream')

const frequencies = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], 0: [941, 1336]
}

/** 100 ms of silence and a little more, 100 ms of a key, 200 ms of silence. */
function press (rate, key, more) {
  const start = rate / 10 + more
  const samples = new Int16Array(start + rate * 3 / 10)
  for (let i = 0; i < rate / 10; i++) {
    const [low, high] = frequencies[key].map((frequency) => Math.sin(2 * Math.PI * frequency * i / rate))
    samples[start + i] = 9000 * (low + high)
  }
  return samples
}

const seen = []
for (const rate of [8000, 16000, 48000]) {
  const times = { never: 0, once: 0, twice: 0 }
  for (const key of Object.keys(frequencies)) {
    for (let more = 0; more < 92; more++) {
      const stream = new DtmfDetectionStream({ format: { sampleRate: rate, bitDepth: 16, channels: 1 } })
      let told = ''
      stream.on('dtmf', ({ digit }) => { told += digit })
      stream.write(Buffer.from(press(rate, key, more * rate / 8000).buffer))
      times[{ [key]: 'once', [key + key]: 'twice' }[told] || 'never']++
    }
  }
  seen.push(times.never)
  console.log(`${rate / 1000} kHz, 920 presses: never told ${times.never}, once ${times.once}, twice ${times.twice}`)
}
const changed = Math.min(...seen) < 90
if (changed) console.error('changed: a tenth of the presses and more were expected to be never told')
process.exit(changed ? 1 : 0)
JS
node "$tmp/run.cjs"
