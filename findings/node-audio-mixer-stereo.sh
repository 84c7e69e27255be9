#!/usr/bin/env bash
# node-audio-mixer puts the left channel into the right one when it resamples, and drops the right one for mono
#
# Software: node-audio-mixer 1.3.7 (npm), Node.js 20
# Guess:    An input of two channels whose sample rate isn't the mixer's stays two channels: a sound that is on the left
#           is on the left. For a mixer of one channel the two are mixed. And an input in 8 bits, as a WAV file has
#           them, is silent at 128 (Multimedia Programming Interface and Data Specifications 1.0, "Data Format").
# Seen:     The samples are doubled or left out as if they were of one channel: twice the rate makes frames that are
#           loud on both sides, then silent on both, half the rate a single channel of what is on the left. For mono the
#           right channel is gone. 8 bits are read with a sign, so silence is the largest negative sample.
# Output:   left 1000, right 0, 24 to 48 kHz: 1000 1000 | 0 0 | 1000 1000 | 0 0
#           left 1000, right 0, 48 to 24 kHz: 1000 1000
#           left 0, right 1000, to mono: 0 0
#           silence in 8 bits: -32768 -32768
# Callbox:  changes rate and channels with FFmpeg (firmware/callbox/transports/tracks.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-audio-mixer@1.3.7 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { AudioMixer } = require('node-audio-mixer')

const words = (...values) => Buffer.from(Int16Array.from(values).buffer)

/** The samples of 16 bits that the mixer makes of one input. */
function mixed (output, input, data) {
  return new Promise((resolve) => {
    const mixer = new AudioMixer({ bitDepth: 16, endianness: 'LE', ...output })
    const parts = []
    mixer.on('data', (part) => parts.push(part))
    mixer.createAudioInput({ bitDepth: 16, endianness: 'LE', ...input }).write(data)
    setTimeout(() => {
      mixer.close()
      const all = Buffer.concat(parts)
      resolve(Array.from({ length: all.length / 2 }, (_, index) => all.readInt16LE(index * 2)).join(' '))
    }, 500)
  })
}

async function main () {
  const left = words(1000, 0, 1000, 0)
  const seen = [
    await mixed({ sampleRate: 48000, channels: 2 }, { sampleRate: 24000, channels: 2 }, left),
    await mixed({ sampleRate: 24000, channels: 2 }, { sampleRate: 48000, channels: 2 }, left),
    await mixed({ sampleRate: 48000, channels: 1 }, { sampleRate: 48000, channels: 2 }, words(0, 1000, 0, 1000)),
    await mixed({ sampleRate: 48000, channels: 1 }, { sampleRate: 48000, channels: 1, bitDepth: 8 },
      Buffer.from([128, 128]))
  ]
  console.log('left 1000, right 0, 24 to 48 kHz:', seen[0].replace(/(\S+ \S+) (?=\S)/g, '$1 | '))
  console.log('left 1000, right 0, 48 to 24 kHz:', seen[1])
  console.log('left 0, right 1000, to mono:', seen[2])
  console.log('silence in 8 bits:', seen[3])
  if (String(seen) !== '1000 1000 0 0 1000 1000 0 0,1000 1000,0 0,-32768 -32768') {
    console.error('changed: the left channel on both sides was expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
