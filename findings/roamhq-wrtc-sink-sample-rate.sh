#!/usr/bin/env bash
# @roamhq/wrtc's RTCAudioSink begins with 16 kHz, and goes to 48 kHz when the first packet comes
#
# Software: @roamhq/wrtc 0.10.0 (WebRTC for Node.js), Node.js 20
# Guess:    A sink gives 10 ms of PCM at a time, at one sample rate: 48 kHz, as Opus has, from its start on. A file or
#           an ALSA device can be opened with that of the first block.
# Seen:     Blocks come as soon as there is a track. As long as nothing is received they have 160 samples; with the
#           first packet they have 480, also when the sender's own sound has 16 kHz.
# Output:   sender at 48000 Hz: zeros at 16000 Hz, then a tone at 48000 Hz
#           sender at 16000 Hz: zeros at 16000 Hz, then a tone at 48000 Hz
# Callbox:  receives with aiortc (docs/architecture.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @roamhq/wrtc@0.10.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection, nonstandard: { RTCAudioSource, RTCAudioSink } } = require('@roamhq/wrtc')

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** What a sink gives: each sample rate with its kind of sound, in the order in which they began. */
async function blocks (sampleRate) {
  const sender = new RTCPeerConnection()
  const receiver = new RTCPeerConnection()
  sender.onicecandidate = ({ candidate }) => candidate && receiver.addIceCandidate(candidate)
  receiver.onicecandidate = ({ candidate }) => candidate && sender.addIceCandidate(candidate)
  const source = new RTCAudioSource()
  sender.addTrack(source.createTrack())
  const seen = []
  receiver.ontrack = ({ track }) => {
    new RTCAudioSink(track).ondata = ({ samples, sampleRate: rate }) => {
      const block = `${Math.max(...samples) > 1000 ? 'a tone' : 'zeros'} at ${rate} Hz`
      if (!seen.includes(block)) seen.push(block)
    }
  }
  await sender.setLocalDescription(await sender.createOffer())
  await receiver.setRemoteDescription(sender.localDescription)
  await receiver.setLocalDescription(await receiver.createAnswer())
  await sender.setRemoteDescription(receiver.localDescription)
  await wait(1000)
  const length = sampleRate / 100
  const samples = Int16Array.from({ length }, (_, n) => 8000 * Math.sin(2 * Math.PI * 500 * n / sampleRate))
  const timer = setInterval(() => source.onData({ samples, sampleRate }), 10)
  for (let tries = 0; tries < 100 && !seen.some((block) => block.startsWith('a tone')); tries++) await wait(100)
  clearInterval(timer)
  sender.close()
  receiver.close()
  return [seen[0], seen.find((block) => block.startsWith('a tone'))].join(', then ')
}

async function main () {
  const seen = []
  for (const sampleRate of [48000, 16000]) {
    seen.push(await blocks(sampleRate))
    console.log(`sender at ${sampleRate} Hz: ${seen.at(-1)}`)
  }
  const changed = seen.some((text) => text !== 'zeros at 16000 Hz, then a tone at 48000 Hz')
  if (changed) console.error('changed: 16000 Hz, then 48000 Hz, were expected')
  process.exit(changed ? 1 : 0)
}

main()
JS
node "$tmp/run.cjs"
