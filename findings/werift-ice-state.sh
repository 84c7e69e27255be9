#!/usr/bin/env bash
# werift's ICE is "completed" before it has begun
#
# Software: werift 0.24.4, Node.js 20
# Guess:    iceConnectionState goes new, checking, connected, completed (W3C, RTCIceConnectionState); whoever waits for
#           "connected" or "completed" may send.
# Seen:     Both peers say "completed" first, before any check has been sent, then "checking" and "connected".
# Output:   offerer, before there is an answer: completed
#           offerer, in the end:  completed, checking, connected
#           answerer, in the end: completed, checking, connected
# Callbox:  goes by its own connection's state and by what arrives, not by the peer's.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" werift@0.24.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection } = require('werift')

async function main () {
  const [here, there] = [0, 0].map(() => new RTCPeerConnection({ iceServers: [] }))
  const states = { here: [], there: [] }
  here.iceConnectionStateChange.subscribe((state) => states.here.push(state))
  there.iceConnectionStateChange.subscribe((state) => states.there.push(state))
  here.createDataChannel('chat')
  await here.setLocalDescription(await here.createOffer())
  const afterOffer = [...states.here]
  await there.setRemoteDescription(here.localDescription)
  await there.setLocalDescription(await there.createAnswer())
  await here.setRemoteDescription(there.localDescription)
  const connected = () => states.here.includes('connected') && states.there.includes('connected')
  for (let tries = 0; tries < 100 && !connected(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  console.log('offerer, before there is an answer:', afterOffer.join(', ') || 'none')
  console.log('offerer, in the end: ', states.here.join(', '))
  console.log('answerer, in the end:', states.there.join(', '))
  const expected = 'completed,checking,connected'
  if (states.here.join() !== expected || states.there.join() !== expected) {
    console.error('changed: completed, checking and connected were expected in this order')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
