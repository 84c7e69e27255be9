#!/usr/bin/env bash
# play-dtmf's ringing tone comes each six seconds in place of 4.5, and its own example holds a key for 1000 s
#
# Software: play-dtmf 3.0.2, node-web-audio-api 1.0.9 (npm), Node.js 20
# Guess:    playRinging() is the Spanish one: 1.5 s on, 3 s off, a period of 4.5 s (its comment, and ETSI TR 101 041-2,
#           to which it points). tone.stop(1000), as in the README, ends a key after 1000 ms: its tests wait for 300 ms
#           after stop(300).
# Seen:     The period is taken for the pause, so it is 6 s. stop() takes seconds of the AudioContext: after a minute
#           the key of the example goes on, and would for 16 minutes.
# Output:   ringing: on 0, off 1.5, on 6, off 7.5, on 12, off 13.5
#           a key after stop(1000): on 0
#           a key after stop(1): on 0, off 1
# Callbox:  rings by sounds of its own (docs/rings.md); a digit goes to the bot as RTVI's dtmf message, not as tones.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" play-dtmf@3.0.2 node-web-audio-api@1.0.9 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { GainNode, OfflineAudioContext, OscillatorNode } from 'node-web-audio-api'

Object.assign(globalThis, { GainNode, OscillatorNode }) // as in a browser
const { PhoneTonePlayer } = await import('play-dtmf')
const sampleRate = 8000
const blockLength = sampleRate / 100

async function times(seconds, play) {
  const context = new OfflineAudioContext(1, sampleRate * seconds, sampleRate)
  play(new PhoneTonePlayer(context))
  const samples = (await context.startRendering()).getChannelData(0)
  const changes = []
  for (let start = 0, on = false; start < samples.length; start += blockLength) {
    if (samples.subarray(start, start + blockLength).some((sample) => Math.abs(sample) > 0.01) !== on) {
      on = !on
      changes.push(`${on ? 'on' : 'off'} ${start / sampleRate}`)
    }
  }
  return changes.join(', ')
}

const seen = [
  await times(15, (player) => player.playRinging()),
  await times(60, (player) => player.playDtmf('1').stop(1000)),
  await times(60, (player) => player.playDtmf('1').stop(1)),
]
console.log('ringing:', seen[0])
console.log('a key after stop(1000):', seen[1])
console.log('a key after stop(1):', seen[2])
if (seen.join('|') !== 'on 0, off 1.5, on 6, off 7.5, on 12, off 13.5|on 0|on 0, off 1') {
  console.error('changed: a period of 6 s and seconds were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
