#!/usr/bin/env bash
# node-rtp can't be required, tells negative time stamps, and keeps the payload that it had
#
# Software: node-rtp 0.1.1 (npm), Node.js 20
# Guess:    require('node-rtp') exports RtpPacket, whose type, seq, time, source and payload can be read and set (its
#           README). Time stamp and SSRC are 32 bits without a sign (RFC 3550, section 5.1).
# Seen:     Its package.json names a file that isn't in the package. Required by its path, RtpPacket writes all numbers
#           right, and reads those from 2147483648 on as negative ones: half of all SSRCs. A new payload is dropped
#           without an error, because the parenthesis of a condition stands in the wrong place.
# Output:   require('node-rtp'): MODULE_NOT_FOUND
#           time 3000000000: octets b2d05e00, read as -1294967296
#           source 3735928559: octets deadbeef, read as -559038737
#           a payload of 80 octets in place of 160: 160
# Callbox:  aiortc writes and reads its RTP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-rtp@0.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const seen = []
try {
  require('node-rtp')
  seen.push('found')
} catch (error) {
  seen.push(error.code)
}
console.log(`require('node-rtp'): ${seen.at(-1)}`)

const { RtpPacket } = require('node-rtp/lib/RtpPacket.js')
const packet = new RtpPacket(Buffer.alloc(160))
packet.time = 3000000000
seen.push(packet.time)
console.log(`time 3000000000: octets ${packet.packet.toString('hex', 4, 8)}, read as ${packet.time}`)
packet.source = 3735928559
seen.push(packet.source)
console.log(`source 3735928559: octets ${packet.packet.toString('hex', 8, 12)}, read as ${packet.source}`)
packet.payload = Buffer.alloc(80)
seen.push(packet.payload.length)
console.log(`a payload of 80 octets in place of 160: ${packet.payload.length}`)
if (seen.join() !== 'MODULE_NOT_FOUND,-1294967296,-559038737,160') {
  console.error('changed: negative numbers and the old payload were expected')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
