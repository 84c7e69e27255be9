#!/usr/bin/env bash
# multicast-dns-service-types, by which bonjour names its services, writes and reads subtypes in a form of its own
#
# Software: multicast-dns-service-types 1.1.0, Node.js 20
# Guess:    A printer among the services of HTTP is _printer._sub._http._tcp (RFC 6763, section 7.1), which parse()
#           reads and stringify() writes. The domain behind it is no subtype.
# Seen:     It writes _http._tcp._printer, which who follows the RFC never asks for. The form of the RFC is a service
#           "printer" of the protocol "sub", and .local is one more subtype.
# Output:   _http._tcp._printer
#           {"name":"printer","protocol":"sub","subtypes":["http","tcp"]}
#           {"name":"http","protocol":"tcp","subtypes":["local"]}
# Callbox:  finds and offers no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" multicast-dns-service-types@1.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parse, stringify } = require('multicast-dns-service-types')

const seen = [
  stringify({ name: 'http', protocol: 'tcp', subtypes: ['printer'] }),
  JSON.stringify(parse('_printer._sub._http._tcp')),
  JSON.stringify(parse('_http._tcp.local'))
]
console.log(seen.join('\n'))
if (seen[0] !== '_http._tcp._printer' || !seen[1].includes('"protocol":"sub"') || !seen[2].includes('"local"')) {
  console.error('changed: a form of its own was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
