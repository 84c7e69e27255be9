#!/usr/bin/env bash
# bonjour-service drops the keys of a service that have no value, and keeps the value that has no key
#
# Software: bonjour-service 1.4.4, Node.js 20
# Guess:    In a service's TXT record "mute" says that the key is there, and "room=" that its value is empty; a string
#           that begins with = is to be ignored (RFC 6763, section 6.4).
# Seen:     The reverse: neither key is told, so a device that says what it can do by keys alone can do nothing; "=on"
#           is told under the key "".
# Output:   record: path=/offer, mute, room=, =on
#           told: {"path":"/offer","":"on"}
# Callbox:  finds no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" bonjour-service@1.4.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const txt = require('bonjour-service/dist/lib/dns-txt')

const RECORD = ['path=/offer', 'mute', 'room=', '=on']
const Reader = txt.DnsTxt ?? txt.default
const told = JSON.stringify(new Reader().decodeAll(RECORD.map((pair) => Buffer.from(pair))))
console.log('record:', RECORD.join(', '))
console.log('told:', told)
if (told !== '{"path":"/offer","":"on"}') {
  console.error('changed: neither mute nor room, and a key without a name, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
