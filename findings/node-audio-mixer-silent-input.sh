#!/usr/bin/env bash
# Two JavaScript mixers make a voice quieter with each input that is silent
#
# Software: node-audio-mixer 1.3.7, audio-mixer 2.1.4 (npm), Node.js 20
# Guess:    A mixer adds what its inputs have, as telephone conferences do, and limits the sum: a voice stays as loud as it
#           is beside others who say nothing. An input has a volume of its own, 100 unless one is given.
# Seen:     Both take the mean of the inputs: a voice of 8000 comes out with 4000 beside one silent input, and with 2000
#           beside three, which is 12 dB down.
# Output:   node-audio-mixer: a voice alone 8000, beside 1 silent input 4000, beside 3 silent inputs 2000
#           audio-mixer: a voice alone 8000, beside 1 silent input 4000, beside 3 silent inputs 2000
# Callbox:  adds a chime to the bot's voice, and limits the sum.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-audio-mixer@1.3.7 audio-mixer@2.1.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { AudioMixer } = require('node-audio-mixer')
const { Mixer } = require('audio-mixer')

const FORMAT = { sampleRate: 48000, bitDepth: 16, channels: 1 }
const BYTES = 2 * 9600
const MIXERS = {
  'node-audio-mixer': () => {
    const mixer = new AudioMixer({ ...FORMAT, autoClose: true })
    return [mixer, () => mixer.createAudioInput(FORMAT)]
  },
  'audio-mixer': () => {
    const mixer = new Mixer(FORMAT)
    return [mixer, () => mixer.input(FORMAT)]
  }
}

function sound (level) { // 200 ms of one square wave
  const samples = Buffer.alloc(BYTES)
  for (let at = 0; at < BYTES; at += 2) samples.writeInt16LE(at % 96 < 48 ? level : -level, at)
  return samples
}

async function loudest (make, levels) {
  const [mixer, addInput] = make()
  const mixed = []
  mixer.on('data', (chunk) => mixed.push(chunk))
  levels.map(() => addInput()).forEach((input, index) => input.write(sound(levels[index])))
  for (let tries = 0; tries < 100 && mixed.reduce((sum, chunk) => sum + chunk.length, 0) < BYTES; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const all = Buffer.concat(mixed)
  let peak = 0
  for (let at = 0; at < all.length; at += 2) peak = Math.max(peak, all.readInt16LE(at))
  return peak
}

async function main () {
  const seen = []
  for (const [name, make] of Object.entries(MIXERS)) {
    const peaks = []
    for (const silent of [0, 1, 3]) peaks.push(await loudest(make, [8000, ...Array(silent).fill(0)]))
    console.log(`${name}: a voice alone ${peaks[0]}, beside 1 silent input ${peaks[1]}, beside 3 silent inputs ${peaks[2]}`)
    seen.push(...peaks)
  }
  if (seen.join() !== '8000,4000,2000,8000,4000,2000') {
    console.error('changed: 8000, 4000 and 2000 were expected twice')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
