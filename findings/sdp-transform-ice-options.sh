#!/usr/bin/env bash
# sdp-transform keeps only the first ICE option, and drops a candidate's ufrag
#
# Software: sdp-transform 3.0.0, Node.js 20
# Guess:    write(parse(sdp)) has all ICE options again, which are a list split by blanks (RFC 8839, section 5.6):
#           "a=ice-options:trickle ice2" is of an agent that trickles by today's ICE (RFC 8445, section 10). Extensions of
#           a candidate are kept as well, ufrag among them, which tells to which generation it belongs (RFC 8838).
# Seen:     Of the options the first is left, so an agent of today's ICE becomes one of RFC 5245. Of a candidate
#           whatever follows an attribute that the library doesn't know is gone: after an ICE restart nobody can tell
#           old candidates from new ones.
# Output:   before: a=ice-options:trickle ice2
#           after:  a=ice-options:trickle
#           before: a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host ufrag Zm9v network-id 1
#           after:  a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host
# Callbox:  changes one line of its own offer, as text; no SDP library of its own.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp-transform@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const mod = require('sdp-transform')
const { parse, write } = mod.default ?? mod
const options = 'a=ice-options:trickle ice2'
const candidate = 'a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host ufrag Zm9v network-id 1'
const sdp = [
  'v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:0',
  'a=rtpmap:96 opus/48000/2', 'a=ice-ufrag:Zm9v', 'a=ice-pwd:asd88fgpdd777uzjYhagZg', options, candidate, ''
].join('\r\n')
const after = write(parse(sdp)).split('\r\n')
const seen = {}
for (const line of [options, candidate]) {
  seen[line] = after.find((other) => other.startsWith(line.split(':')[0]))
  console.log('before:', line)
  console.log('after: ', seen[line])
}
if (seen[options] !== 'a=ice-options:trickle' || seen[candidate].includes('ufrag')) {
  console.error('changed: the first option alone was expected, and no ufrag')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
