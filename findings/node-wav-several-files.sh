#!/usr/bin/env bash
# node-wav reads the first of several small files only
#
# Software: node-wav 0.0.2, Node.js 20
# Guess:    wav.decode(fs.readFileSync('file.wav')), as its documentation shows it, reads each of some chimes of 4 ms.
# Seen:     From the second one on it raises "Cannot read properties of undefined". Node.js places small files behind
#           each other in one memory; node-wav knows where the file begins there, and takes its length for where it
#           ends.
# Output:   8 files of 428 octets: some are read: true, all are read: false
#           the same octets, each in memory of its own: all are read: true
# Callbox:  reads WAV files with FFmpeg (announcements) and Python's wave (chimes).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-wav@0.0.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const fs = require('fs')
const wav = require('node-wav')

const name = `${__dirname}/chime.wav`
fs.writeFileSync(name, wav.encode([new Float32Array(192)], { sampleRate: 48000, float: false, bitDepth: 16 }))

function read (bytes) {
  try {
    return wav.decode(bytes).channelData[0].length === 192
  } catch (error) {
    return false
  }
}

const files = Array.from({ length: 8 }, () => fs.readFileSync(name))
const [together, alone] = [files.map(read), files.map((bytes) => read(new Uint8Array(bytes)))]
const [some, all] = [together.some(Boolean), together.every(Boolean)]
console.log(`8 files of ${files[0].length} octets: some are read: ${some}, all are read: ${all}`)
console.log(`the same octets, each in memory of its own: all are read: ${alone.every(Boolean)}`)
if (all || !alone.every(Boolean)) {
  console.error('changed: not all of the files were expected to be read')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
