#!/usr/bin/env bash
# werift rejects a media section that is on hold, or that has no direction
#
# Software: werift 0.24.4, Node.js 20
# Guess:    A section that is offered as inactive, as of a call on hold, is answered as inactive, with a port that isn't
#           0: it goes on later (RFC 3264, section 8.4). One without a direction is sendrecv (RFC 8866, section 6.7).
# Seen:     Both are answered as inactive with port 0, which says that the section is refused for good (RFC 3264,
#           section 6), though werift has a transceiver of sendrecv for it.
# Output:   offered a=sendrecv: m=audio 9, a=sendrecv
#           offered a=inactive: m=audio 0, a=inactive
#           offered without a direction: m=audio 0, a=inactive
# Callbox:  always offers a direction, and holds by sending silence.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" werift@0.24.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection } = require('werift')

async function answered (sdp) {
  const peer = new RTCPeerConnection({ iceServers: [] })
  peer.addTransceiver('audio', { direction: 'sendrecv' })
  await peer.setRemoteDescription({ type: 'offer', sdp })
  await peer.setLocalDescription(await peer.createAnswer())
  const lines = peer.localDescription.sdp.split('\r\n')
  await peer.close()
  const direction = lines.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line))
  return `${lines.find((line) => line.startsWith('m=')).split(' ', 2).join(' ')}, ${direction}`
}

async function main () {
  const offerer = new RTCPeerConnection({ iceServers: [] })
  offerer.addTransceiver('audio', { direction: 'sendrecv' })
  await offerer.setLocalDescription(await offerer.createOffer())
  const offer = offerer.localDescription.sdp
  await offerer.close()
  const seen = {
    'a=sendrecv': await answered(offer),
    'a=inactive': await answered(offer.replace('a=sendrecv', 'a=inactive')),
    'without a direction': await answered(offer.replace('a=sendrecv\r\n', ''))
  }
  for (const [name, line] of Object.entries(seen)) console.log(`offered ${name}: ${line}`)
  if (Object.values(seen).join('|') !== 'm=audio 9, a=sendrecv|m=audio 0, a=inactive|m=audio 0, a=inactive') {
    console.error('changed: port 0 was expected of the last two')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
