#!/usr/bin/env bash
# sdp-jingle-json takes the port and the format out of a data channel
#
# Software: sdp-jingle-json 3.1.0, Node.js 20
# Guess:    A data channel is "m=application 9 UDP/DTLS/SCTP webrtc-datachannel" with a=sctp-port (RFC 8841, sections 4
#           and 5), as each browser has offered it since 2018: what is turned into JSON and back still says so.
# Seen:     Its list of SCTP maps is empty, since it looks for a=sctpmap of a draft: written again, the protocol is the
#           draft's DTLS/SCTP, there is no format, which the grammar of an m= line needs, and no port.
# Output:   m=application 9 UDP/DTLS/SCTP webrtc-datachannel becomes m=application 1 DTLS/SCTP
#           a=sctp-port:5000 becomes nothing
# Callbox:  aiortc writes its offers (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp-jingle-json@3.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { toSessionJSON, toSessionSDP } = require('sdp-jingle-json')

const lines = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000']
const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', lines[0], 'c=IN IP4 0.0.0.0', 'a=mid:0',
  'a=ice-ufrag:user', 'a=ice-pwd:password-of-22-letters', `a=fingerprint:sha-256 ${Array(32).fill('AA').join(':')}`,
  'a=setup:actpass', lines[1], ''].join('\r\n')
const session = toSessionJSON(offer, { role: 'initiator', direction: 'outgoing' })
const written = toSessionSDP(session, { sid: '1', time: '1' }).split('\r\n')
const seen = ['m=application', 'a=sctp'].map((start) => written.find((line) => line.startsWith(start)) ?? 'nothing')
lines.forEach((line, index) => console.log(`${line} becomes ${seen[index].trim()}`))
if (seen[0].trim() !== 'm=application 1 DTLS/SCTP' || seen[1] !== 'nothing') {
  console.error('changed: no format and no port were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
