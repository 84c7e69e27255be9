#!/usr/bin/env bash
# semantic-sdp writes a=fmtp:101 0-16= of the keys of a telephone
#
# Software: semantic-sdp 3.31.1, Node.js 20
# Guess:    The format of telephone-event is a list of events without a name, such as 0-16 (RFC 4733, section 2.4.1): it
#           is written as it was read.
# Seen:     The list becomes the name of a parameter without a value, and gets an equals sign: 0-16= is no list for
#           the other side, which can't know the keys that are taken.
# Output:   a=fmtp:101 0-16 becomes a=fmtp:101 0-16=
#           a=fmtp:111 useinbandfec=1 becomes a=fmtp:111 useinbandfec=1
# Callbox:  offers no telephone-event; digits are RTVI messages (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" semantic-sdp@3.31.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { SDPInfo } = require('semantic-sdp')

const lines = ['a=fmtp:101 0-16', 'a=fmtp:111 useinbandfec=1']
const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111 101',
  'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendrecv', 'a=ice-ufrag:user', 'a=ice-pwd:password-of-22-letters',
  `a=fingerprint:sha-256 ${Array(32).fill('AA').join(':')}`, 'a=setup:actpass', 'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:101 telephone-event/8000', ...lines, ''].join('\r\n')
const written = SDPInfo.parse(offer).toString().split('\r\n')
const seen = lines.map((line) => written.find((other) => other.startsWith(line.slice(0, 10))))
lines.forEach((line, index) => console.log(`${line} becomes ${seen[index]}`))
if (seen.join() !== 'a=fmtp:101 0-16=,a=fmtp:111 useinbandfec=1') {
  console.error('changed: an equals sign was expected behind 0-16')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
