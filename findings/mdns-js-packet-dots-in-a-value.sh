#!/usr/bin/env bash
# mdns-js-packet makes three texts of version=1.14.0, and an IPv6 address of nothing
#
# Software: mdns-js-packet 0.2.0, dns-packet 5.6.1 (npm), Node.js 20
# Guess:    It writes the records of a service: a TXT record is one text for each key (RFC 6763, section 6.3), AAAA is
#           16 octets (RFC 3596), and a name that was written before is a pointer of 14 bits (RFC 1035, 4.1.4).
# Seen:     A TXT record is written as if it were a name, so a value is cut at its dots. AAAA has no octet at all, which
#           is no record; dns-packet reads it as ::. A pointer to what is behind octet 255 raises RangeError, as when
#           two addresses of one name follow a TXT record of 240 octets. Its own parser reads what other programs write.
# Output:   TXT version=1.14.0: version=1, 14, 0
#           AAAA fe80::7: 0 octets, read as ::
#           a name twice behind 240 octets: RangeError
# Callbox:  finds and offers no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mdns-js-packet@0.2.0 dns-packet@5.6.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const dnsPacket = require('dns-packet')
const { DNSPacket, DNSRecord } = require('mdns-js-packet')
const { A, AAAA, TXT } = DNSRecord.Type

function write(...records) {
  const packet = new DNSPacket(DNSPacket.Flag.RESPONSE | DNSPacket.Flag.AUTHORATIVE)
  for (const [name, type, fields] of records) {
    packet.answer.push(Object.assign(new DNSRecord(name, type, DNSRecord.Class.IN, 120), fields))
  }
  return DNSPacket.toBuffer(packet)
}

const seen = []
const text = write(['box.local', TXT, { data: { version: '1.14.0' } }])
seen.push(dnsPacket.decode(text).answers[0].data.join(', '))
console.log('TXT version=1.14.0:', seen.at(-1))

const address = write(['box.local', AAAA, { address: 'fe80::7' }])
seen.push(`${address.readUInt16BE(address.length - 2)} octets, read as ${dnsPacket.decode(address).answers[0].data}`)
console.log('AAAA fe80::7:', seen.at(-1))

try {
  write(
    ['one.local', TXT, { data: { text: 'x'.repeat(234) } }],
    ['two.local', A, { address: '192.168.1.20' }],
    ['two.local', A, { address: '192.168.1.21' }],
  )
  seen.push('written')
} catch (error) {
  seen.push(error.name)
}
console.log('a name twice behind 240 octets:', seen.at(-1))
if (seen.join('|') !== 'version=1, 14, 0|0 octets, read as ::|RangeError') {
  console.error('changed: a value in parts and two lost records were expected')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
