#!/usr/bin/env bash
# node-datachannel tells each incoming data channel as reliable, and its own ones with the id 65535
#
# Software: node-datachannel 0.33.4, its polyfill of RTCPeerConnection, Node.js 20
# Guess:    ordered, maxRetransmits, maxPacketLifeTime and id of a data channel are the same on both sides: the one who
#           opens it says so in DATA_CHANNEL_OPEN (RFC 8832, section 5.1); id is null before, and its stream's number
#           from then on (W3C, RTCDataChannel).
# Seen:     The side that gets the channel says ordered true and null for both limits, whatever was opened; the side
#           that opened it has 65535 as id, of each channel, before and after.
# Output:   opener: meters ordered false, maxRetransmits 0, maxPacketLifeTime null, id 65535
#           other:  meters ordered true, maxRetransmits null, maxPacketLifeTime null, id 1
#           opener: captions ordered false, maxRetransmits null, maxPacketLifeTime 100, id 65535
#           other:  captions ordered true, maxRetransmits null, maxPacketLifeTime null, id 3
# Callbox:  opens one channel, ordered and reliable, and doesn't look at its id.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-datachannel@0.33.4 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import polyfill from 'node-datachannel/polyfill'

const [here, there] = [0, 0].map(() => new polyfill.RTCPeerConnection({ iceServers: [] }))
here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate)
there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate)
const told = ({ ordered, maxRetransmits, maxPacketLifeTime, id }) => ({ ordered, maxRetransmits, maxPacketLifeTime, id })
const incoming = {}
const arrived = new Promise((resolve) => {
  there.ondatachannel = ({ channel }) => {
    incoming[channel.label] = told(channel)
    if (Object.keys(incoming).length === 2) resolve()
  }
})
const opened = [
  here.createDataChannel('meters', { ordered: false, maxRetransmits: 0 }),
  here.createDataChannel('captions', { ordered: false, maxPacketLifeTime: 100 })
]
await here.setLocalDescription(await here.createOffer())
await there.setRemoteDescription(here.localDescription)
await there.setLocalDescription(await there.createAnswer())
await here.setRemoteDescription(there.localDescription)
await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, 30000))])
const text = (channel) => Object.entries(channel).map(([key, value]) => `${key} ${value}`).join(', ')
for (const channel of opened) {
  console.log('opener:', channel.label, text(told(channel)))
  console.log('other: ', channel.label, text(incoming[channel.label]))
}
const wrong = opened.every((channel) => channel.id === 65535 && incoming[channel.label].ordered &&
  incoming[channel.label].maxRetransmits === null && incoming[channel.label].maxPacketLifeTime === null)
if (!wrong) console.error('changed: ordered and reliable was expected of the other side, 65535 of the opener')
process.exit(wrong ? 0 : 1)
JS
node "$tmp/run.mjs"
