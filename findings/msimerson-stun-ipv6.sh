#!/usr/bin/env bash
# @msimerson/stun reads another IPv6 address than the one that the server has seen
#
# Software: @msimerson/stun 3.2.1, webrtc-stun 3.0.0, Node.js 20
# Guess:    The answer of RFC 5769, section 2.3, has the address 2001:db8:1234:5678:11:2233:4455:6677: an IPv6 address
#           is XORed with the magic cookie and the transaction id (RFC 8489, section 14.2).
# Seen:     The first 32 bits only are put back, so all of the address but its first two groups is wrong. IPv4 is right.
#           webrtc-stun reads both.
# Output:   IPv4: 192.0.2.1; webrtc-stun: 192.0.2.1
#           IPv6: 2001:db8:a5d3:f179:bc25:f4b5:bed2:b9d9; webrtc-stun: 2001:db8:1234:5678:11:2233:4455:6677
# Callbox:  asks STUN servers by aioice.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @msimerson/stun@3.2.1 webrtc-stun@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const stun = require('@msimerson/stun')
const webrtcStun = require('webrtc-stun')

// The attribute XOR-MAPPED-ADDRESS of the two answers of RFC 5769, sections 2.2 and 2.3
const attributes = {
  IPv4: '002000080001a147e112a643',
  IPv6: '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9'
}
const seen = {}
for (const [family, attribute] of Object.entries(attributes)) {
  const length = (attribute.length / 2).toString(16).padStart(4, '0')
  const answer = Buffer.from(`0101${length}2112a442b7e7a701bc34d686fa87dfae${attribute}`, 'hex')
  const one = stun.decode(answer).getXorAddress()
  const message = webrtcStun.createBlank()
  message.loadBuffer(answer)
  const other = message.getXorMappedAddressAttribute()
  seen[family] = [one.address, other.address]
  console.log(`${family}: ${one.address}; webrtc-stun: ${other.address}`)
}
const [wrong, right] = seen.IPv6
if (new Set(seen.IPv4).size !== 1 || right !== '2001:db8:1234:5678:11:2233:4455:6677' || wrong === right) {
  console.error('changed: another IPv6 address was expected of the first library only')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
