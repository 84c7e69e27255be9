#!/usr/bin/env bash
# rtp.js tells 904 lost packets of 5000, and begins anew at each 4096th
#
# Software: rtp.js 0.15.5 (npm), Node.js 20
# Guess:    The cumulative number of packets lost is 24 bits with a sign (RFC 3550, section 6.4.1): up to 8388607, and
#           less than 0 if more came than were sent.
# Seen:     Only 12 bits of it are read and written: 4096 is 0, 5000 is 904 and -1 is 4095. setTotalLost(5000) is 904
#           as well. At 50 packets a second and 10 % of loss that is each 14 minutes.
# Output:   in the report 4095, read 4095
#           in the report 4096, read 0
#           in the report 5000, read 904
#           in the report -1, read 4095
# Callbox:  aiortc reads its reports.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" rtp.js@0.15.5 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { packets } from 'rtp.js'

const seen = []
for (const lost of [4095, 4096, 5000, -1]) {
  const report = Buffer.alloc(32)
  report.writeUInt32BE(0x81c90007) // a receiver report with one block
  report.writeIntBE(lost, 13, 3)
  const packet = new packets.ReceiverReportPacket(new DataView(report.buffer, report.byteOffset, report.length))
  seen.push(packet.getReports()[0].getTotalLost())
  console.log(`in the report ${lost}, read ${seen.at(-1)}`)
}
if (seen.join() !== '4095,0,904,4095') {
  console.error('changed: 12 bits were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
