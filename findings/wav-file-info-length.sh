#!/usr/bin/env bash
# wav-file-info counts the header and the notes of a WAV file as a part of its sound
#
# Software: wav-file-info 0.0.10, Node.js 20
# Guess:    The duration of a recording of one second is one second, whatever stands beside the sound: a WAV file may
#           have other chunks (RIFF), as the bext chunk of a broadcast recording of 602 octets and more (EBU Tech 3285).
# Seen:     It divides the length of the file by the octets of a second. One second lasts up to 80 ms longer.
# Output:   16 kHz, 16 bits: 1.0011 s
#           8 kHz, mu-law: 1.0045 s
#           8 kHz, mu-law, with a bext chunk: 1.0808 s
# Callbox:  finds the data chunk of a sound, and counts its frames (callbox/sound).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wav-file-info@0.0.10 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const fs = require('fs')
const { promisify } = require('util')
const info = promisify(require('wav-file-info').infoByFilename)

function chunk (id, body) {
  const head = Buffer.alloc(8)
  head.write(id, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body])
}

/** A WAV file with one second of sound. */
function oneSecond (rate, octets, code, notes) {
  const format = Buffer.alloc(16)
  format.writeUInt16LE(code, 0)
  format.writeUInt16LE(1, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt32LE(rate * octets, 8)
  format.writeUInt16LE(octets, 12)
  format.writeUInt16LE(octets * 8, 14)
  const chunks = [chunk('fmt ', format), chunk('data', Buffer.alloc(rate * octets)), ...notes]
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]))
}

async function main () {
  const seen = []
  for (const [name, ...file] of [
    ['16 kHz, 16 bits', 16000, 2, 1, []],
    ['8 kHz, mu-law', 8000, 1, 7, []],
    ['8 kHz, mu-law, with a bext chunk', 8000, 1, 7, [chunk('bext', Buffer.alloc(602))]]
  ]) {
    fs.writeFileSync(`${__dirname}/sound.wav`, oneSecond(...file))
    seen.push((await info(`${__dirname}/sound.wav`)).duration)
    console.log(`${name}: ${seen.at(-1).toFixed(4)} s`)
  }
  if (Math.min(...seen) <= 1 || seen[2] < 1.05) {
    console.error('changed: more than a second was expected each time')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
