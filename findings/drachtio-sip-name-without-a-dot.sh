#!/usr/bin/env bash
# drachtio-sip finds no address in one whose host has no dot, and cuts a Via with IPv6 off
#
# Software: drachtio-sip 0.6.3 (npm), Node.js 20
# Guess:    parseUri() and getParsedHeader() read what the grammar of SIP allows as a host: one label, such as localhost or
#           a container's name, a name with a dot at its end, and IPv6 in brackets (RFC 3261, section 25.1). A scheme may
#           have capitals (section 19.1.4 compares it without case).
# Seen:     An address without a dot within its host is undefined, and so is one that ends with a dot, SIP: and tel:. In a
#           Via an IPv6 address ends at its first colon, and port and branch are lost: the answer goes nowhere.
# Output:   parseUri sip:bot@example.com: host example.com
#           parseUri sip:bot@localhost: undefined
#           parseUri sip:bot@example.com.: undefined
#           parseUri SIP:bot@example.com: undefined
#           parseUri sip:bot@[2001:db8::1]: host [2001:db8::1]
#           Route <sip:proxy;lr>: {"params":{}}
#           Via SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1: {"version":"2.0","protocol":"UDP","host":"[2001","params":{}}
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" drachtio-sip@0.6.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { SipMessage, parser } = require('drachtio-sip')

const ADDRESSES = ['sip:bot@example.com', 'sip:bot@localhost', 'sip:bot@example.com.', 'SIP:bot@example.com',
  'sip:bot@[2001:db8::1]']
const HEADERS = { Route: '<sip:proxy;lr>', Via: 'SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1' }
const hosts = ADDRESSES.map((text) => (parser.parseUri(text) || {}).host)
ADDRESSES.forEach((text, index) => console.log(`parseUri ${text}: ${hosts[index] ? 'host ' : ''}${hosts[index]}`))
const parsed = Object.entries(HEADERS).map(([name, value]) => {
  const message = new SipMessage(`OPTIONS sip:bot@example.com SIP/2.0\r\n${name}: ${value}\r\nCall-ID: 1\r\n\r\n`)
  const [first] = message.getParsedHeader(name)
  console.log(`${name} ${value}: ${JSON.stringify(first)}`)
  return first
})
const seen = [...hosts.map((host) => host || '-'), typeof parsed[0].uri, parsed[1].host].join(' ')
if (seen !== 'example.com - - - [2001:db8::1] undefined [2001') {
  console.error('changed: three undefined addresses, a route without one and the host [2001 were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
