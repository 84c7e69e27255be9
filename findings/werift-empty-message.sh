#!/usr/bin/env bash
# werift loses empty messages of a data channel
#
# Software: werift 0.24.4, Node.js 20
# Guess:    An empty text, as of a caption that is cleared, arrives as an empty text: SCTP has no empty messages, so a
#           byte is sent with an identifier that says "empty" (RFC 8831, section 6.6).
# Seen:     It never arrives, nor does an empty Buffer; no error is raised. What is sent around them arrives.
# Output:   sent: "one", "", Buffer of 0, "two"
#           arrived: "one", "two"
# Callbox:  each message is a JSON object, never empty.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" werift@0.24.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection } = require('werift')

async function main () {
  const [here, there] = [0, 0].map(() => new RTCPeerConnection({ iceServers: [] }))
  const arrived = []
  const channel = here.createDataChannel('captions', { ordered: false })
  const done = new Promise((resolve) => {
    there.onDataChannel.subscribe((other) => other.onMessage.subscribe((message) => {
      arrived.push(typeof message === 'string' ? JSON.stringify(message) : `Buffer of ${message.length}`)
      if (message === 'two') setTimeout(resolve, 1000)
    }))
  })
  channel.stateChanged.subscribe((state) => {
    if (state === 'open') ['one', '', Buffer.alloc(0), 'two'].forEach((message) => channel.send(message))
  })
  await here.setLocalDescription(await here.createOffer())
  await there.setRemoteDescription(here.localDescription)
  await there.setLocalDescription(await there.createAnswer())
  await here.setRemoteDescription(there.localDescription)
  await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 30000))])
  console.log('sent: "one", "", Buffer of 0, "two"')
  console.log('arrived:', arrived.join(', '))
  if (arrived.join() !== '"one","two"') {
    console.error('changed: the empty messages were expected to be lost')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
