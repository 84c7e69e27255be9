#!/usr/bin/env bash
# wrtc says of a reliable data channel that its packets live 65535 ms
#
# Software: @roamhq/wrtc 0.10.0 (libwebrtc for Node.js), Node.js 20
# Guess:    maxPacketLifeTime and maxRetransmits of a channel that was made without options are null (W3C,
#           RTCDataChannel): a peer tells a reliable channel by that.
# Seen:     Both are 65535, as for a channel that gives up after 65535 ms or tries; of a channel with maxRetransmits 0
#           maxPacketLifeTime is 65535 too, although only one of the two may be set.
# Output:
#OUT
# Callbox:  opens its channel itself, reliable and in order, and doesn't read these.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @roamhq/wrtc@0.10.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection } = require('@roamhq/wrtc')
const pc = new RTCPeerConnection({ iceServers: [] })
const told = ({ maxPacketLifeTime, maxRetransmits, ordered }) => ({ maxPacketLifeTime, maxRetransmits, ordered })
const reliable = told(pc.createDataChannel('reliable'))
const once = told(pc.createDataChannel('once', { ordered: false, maxRetransmits: 0 }))
console.log('no options:       ', JSON.stringify(reliable))
console.log('maxRetransmits: 0:', JSON.stringify(once))
pc.close()
if (reliable.maxPacketLifeTime !== 65535 || reliable.maxRetransmits !== 65535 || once.maxPacketLifeTime !== 65535) {
  console.error('changed: 65535 was expected in place of null')
  process.exit(1)
}
process.exit(0)
JS
node "$tmp/run.cjs"
