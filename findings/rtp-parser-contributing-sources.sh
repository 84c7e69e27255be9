#!/usr/bin/env bash
# rtp-parser reads each contributing source of a mixer three octets early
#
# Software: rtp-parser 1.0.0 (npm), Node.js 20
# Guess:    csrc has the identifiers of those whose sound a mixer has put together: one for each four octets behind the
#           header of 12 (RFC 3550, section 5.1), as many as csrcCount.
# Seen:     It reads them from octet 9 on, in the midst of the mixer's own SSRC: each is made of an octet of one and three
#           of another, so no one is found who takes part. Sequence number, time stamp, SSRC and payload are right.
# Output:   sent: SSRC 0x11223344, CSRC 0xaaaaaaaa 0xbbbbbbbb, payload voice
#           read: SSRC 0x11223344, CSRC 0x223344aa 0xaaaaaabb, payload voice
# Callbox:  asks no packet who speaks: it has one bot to a call.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" rtp-parser@1.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parseRtpPacket } = require('rtp-parser')

const SSRC = 0x11223344
const SOURCES = [0xaaaaaaaa, 0xbbbbbbbb]
const header = Buffer.alloc(12 + 4 * SOURCES.length)
header.writeUInt8(0x80 | SOURCES.length, 0)
header.writeUInt8(111, 1)
header.writeUInt32BE(SSRC, 8)
SOURCES.forEach((source, index) => header.writeUInt32BE(source, 12 + 4 * index))
const packet = parseRtpPacket(Buffer.concat([header, Buffer.from('voice')]))
const hex = (numbers) => numbers.map((number) => `0x${number.toString(16)}`).join(' ')
console.log(`sent: SSRC ${hex([SSRC])}, CSRC ${hex(SOURCES)}, payload voice`)
console.log(`read: SSRC ${hex([packet.ssrc])}, CSRC ${hex(packet.csrc)}, payload ${packet.payload}`)
if (hex(packet.csrc) !== '0x223344aa 0xaaaaaabb') {
  console.error('changed: the sources were expected three octets early')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
