#!/usr/bin/env bash
# midi-parser-js reads 103 frames per second of 25, and midi-player-js plays such a second in 8 ms
#
# Software: midi-parser-js 4.0.4, midi-player-js 2.0.17, midi-file 1.2.4, Node.js 20
# Guess:    A division whose first octet is -25 is 25 frames per second (Standard MIDI Files 1.0, "Header Chunks"); with
#           40 ticks per frame, which is its example, a tick is a millisecond, and a thousand of them last a second.
# Seen:     midi-parser-js takes the sign off and leaves the rest of the two's complement: 24 are 104, 30 are 98.
#           midi-player-js takes both octets for ticks per quarter note, 59176. midi-file reads 25 and 40.
# Output:   24 frames: midi-file 24, midi-parser-js 104, midi-player-js lasts 8.4 ms
#           25 frames: midi-file 25, midi-parser-js 103, midi-player-js lasts 8.4 ms
#           30 frames: midi-file 30, midi-parser-js 98, midi-player-js lasts 8.6 ms
# Callbox:  plays sounds, no MIDI (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  midi-parser-js@4.0.4 midi-player-js@2.0.17 midi-file@1.2.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parseMidi } = require('midi-file')
const { parse } = require('midi-parser-js')
const { Player } = require('midi-player-js')

const TRACK = [0, 0x90, 60, 100, 0x87, 0x68, 0x80, 60, 64, 0, 0xFF, 0x2F, 0] // a note of 1000 ticks
const file = frames => Uint8Array.from([
  ...Buffer.from('MThd'), 0, 0, 0, 6, 0, 0, 0, 1, 256 - frames, 40,
  ...Buffer.from('MTrk'), 0, 0, 0, TRACK.length, ...TRACK
])
const seen = []
for (const frames of [24, 25, 30]) {
  const player = new Player()
  player.loadArrayBuffer(file(frames).buffer)
  const row = [
    parseMidi(file(frames)).header.framesPerSecond,
    parse(file(frames)).timeDivision[0],
    (player.getSongTime() * 1000).toFixed(1)
  ]
  console.log(`${frames} frames: midi-file ${row[0]}, midi-parser-js ${row[1]}, midi-player-js lasts ${row[2]} ms`)
  seen.push(row[1], Number(row[2]) < 20)
}
if (seen.join() !== '104,true,103,true,98,true') {
  console.error('changed: 104, 103 and 98 frames were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
