#!/usr/bin/env bash
# Two npm writers of vCards make two parts of a name with a semicolon, and one puts blanks into a tel: address
#
# Software: @covve/easy-vcard 1.1.1, vcards-js 2.11.1, Node.js 20
# Guess:    A semicolon or comma in a part of N or ORG has a backslash (RFC 6350, section 3.4), as both write the line
#           end in a note. A number that is written as tel: has no blanks (RFC 3966, section 3).
# Seen:     @covve/easy-vcard escapes no semicolon and no comma, so a second first name is a middle one, and a firm with
#           a semicolon has a department. vcards-js escapes those of N, none in ORG. It writes VALUE=uri:tel:+49 30
#           1234, which is no URI.
# Output:   @covve/easy-vcard: N:Li, Jr.;Eva; Maria;;;
#           @covve/easy-vcard: ORG:Bell; Sons
#           vcards-js: N:Li\, Jr.;Eva\; Maria;;;
#           vcards-js: ORG:Bell; Sons
#           vcards-js: TEL;TYPE=CELL;VALUE=uri:tel:+49 30 1234
# Callbox:  keeps no address book.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @covve/easy-vcard@1.1.1 vcards-js@2.11.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { VCard } = require('@covve/easy-vcard')
const vCards = require('vcards-js')

const one = new VCard()
one.addFirstName('Eva; Maria').addLastName('Li, Jr.').addOrganization('Bell; Sons')
const other = vCards()
Object.assign(other, { version: '4.0', firstName: 'Eva; Maria', lastName: 'Li, Jr.', organization: 'Bell; Sons' })
other.cellPhone = '+49 30 1234'
const seen = []
for (const [name, text] of [['@covve/easy-vcard', one.toString()], ['vcards-js', other.getFormattedString()]]) {
  const lines = text.split('\r\n').filter(line => /^(N|ORG|TEL)[:;]/.test(line)).sort()
  for (const line of lines) console.log(`${name}: ${line}`)
  seen.push(...lines)
}
const EXPECTED = [
  'N:Li, Jr.;Eva; Maria;;;', 'ORG:Bell; Sons',
  'N:Li\\, Jr.;Eva\\; Maria;;;', 'ORG:Bell; Sons', 'TEL;TYPE=CELL;VALUE=uri:tel:+49 30 1234'
]
if (seen.join() !== EXPECTED.join()) {
  console.error('changed: semicolons without a backslash were expected, and blanks')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
