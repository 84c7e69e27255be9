#!/usr/bin/env bash
# werift drops RTCP's BYE, and reads packet 65536 of a NACK that wraps
#
# Software: werift-rtp 0.8.9 (npm), Node.js 20
# Guess:    A compound packet of a report, a description and a BYE is three packets (RFC 3550, section 6.1 and 6.6). A NACK
#           for 65535 with its first bit set asks for 65535 and 0, as sequence numbers have 16 bits (RFC 4585, section
#           6.2.1: PID+i+1 modulo 65536). A packet that came twice makes the number of lost ones -1 (section 6.4.1).
# Seen:     The BYE is left out without a word, so the end of a call is noticed by its silence only. The NACK asks for a
#           packet 65536, which no one has sent, so it isn't sent again. Lost are 16777215.
# Output:   RR, SDES, BYE: RtcpRrPacket, RtcpSourceDescriptionPacket
#           BYE alone: nothing
#           NACK for 65535 and the next: 65535 65536
#           RR with -1 lost packets: 16777215
# Callbox:  ends a call by DTLS and the data channel; aiortc reads its RTCP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" werift-rtp@0.8.9 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RtcpPacketConverter } = require('werift-rtp')

const read = (...parts) => RtcpPacketConverter.deSerialize(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'))
const REPORT = '80c90001 00000001'
const DESCRIPTION = '81ca0003 00000001 01026162 00000000'
const BYE = '81cb0001 00000001'
const NACK = '81cd0003 00000001 00000002 ffff 0001'
const DOUBLED = '81c90007 00000001 00000002 00ffffff 00000064 00000005 00000000 00000000'

const names = (packets) => packets.map((packet) => packet.constructor.name).join(', ') || 'nothing'
const seen = [names(read(REPORT, DESCRIPTION, BYE)), names(read(BYE)), read(NACK)[0].feedback.lost.join(' '),
  String(read(DOUBLED)[0].reports[0].packetsLost)]
console.log(`RR, SDES, BYE: ${seen[0]}`)
console.log(`BYE alone: ${seen[1]}`)
console.log(`NACK for 65535 and the next: ${seen[2]}`)
console.log(`RR with -1 lost packets: ${seen[3]}`)
if (seen[0].split(', ').length !== 2 || seen.slice(1).join() !== 'nothing,65535 65536,16777215') {
  console.error('changed: no BYE, 65536 and 16777215 were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
