#!/usr/bin/env bash
# sdp-transform keeps only the last fingerprint of a media section
#
# Software: sdp-transform 3.0.0, Node.js 20, an offer's lines as aiortc 1.16.0 writes them
# Guess:    write(parse(sdp)) has all lines of an offer again: a section may have several fingerprints, one for each
#           hash function (RFC 8122, section 5), and aiortc offers sha-256, sha-384 and sha-512.
# Seen:     Of three fingerprints the last is left, sha-512; sha-256, which everybody knows, is gone. Candidates, of
#           which there may be several too, are all there.
# Output:   before: a=fingerprint:sha-256, a=fingerprint:sha-384, a=fingerprint:sha-512
#           after:  a=fingerprint:sha-512
#           candidates before and after: 2 2
# Callbox:  changes one line of its own offer, as text; no SDP library of its own.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp-transform@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const mod = require('sdp-transform')
const { parse, write } = mod.default ?? mod
const hash = (bytes) => Array(bytes).fill('AB').join(':')
const sdp = [
  'v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:0',
  'a=rtpmap:96 opus/48000/2',
  'a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host', 'a=candidate:2 1 udp 2130706430 192.0.2.2 50000 typ host',
  `a=fingerprint:sha-256 ${hash(32)}`, `a=fingerprint:sha-384 ${hash(48)}`, `a=fingerprint:sha-512 ${hash(64)}`, ''
].join('\r\n')
const lines = (text, start) => text.split('\r\n').filter((line) => line.startsWith(start))
const kept = (text, start) => lines(text, start).map((line) => line.split(' ')[0])
const after = write(parse(sdp))
console.log('before:', kept(sdp, 'a=fingerprint').join(', '))
console.log('after: ', kept(after, 'a=fingerprint').join(', '))
console.log('candidates before and after:', kept(sdp, 'a=candidate').length, kept(after, 'a=candidate').length)
if (kept(after, 'a=fingerprint').join() !== 'a=fingerprint:sha-512' || kept(after, 'a=candidate').length !== 2) {
  console.error('changed: only sha-512 was expected to be left')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
