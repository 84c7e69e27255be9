#!/usr/bin/env bash
# ndef, the npm package, takes the beginning of a record for its id once a record before it had one
#
# Software: ndef 0.2.0 (npm), Node.js 20
# Guess:    decodeMessage() returns the records that encodeMessage() has written: the id of a record is optional, and a
#           flag in its first octet says whether there is one (NDEF's specification). isType() tells whether a record
#           has this type.
# Seen:     The length of the id is kept from the record before when a record has none. As many octets are cut off its
#           payload: of a text with an id and a URI behind it the URI is cut. isType() compares the record itself, which
#           it can't make a text of, with the type: TypeError for each record whose type is of the kind that it is asked
#           for.
# Output:   ids 0 and 0: Kitchen, https://kitchen.example/ring
#           ids 3 and 0: Kitchen, chen.example/ring
#           isType(): TypeError
# Callbox:  reads no NFC tags.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ndef@0.2.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const ndef = require('ndef')

const URI = 'https://kitchen.example/ring'
const text = (id) => ndef.textRecord('Kitchen', 'en', id)
const seen = [[], [98, 111, 120]].map((id) => {
  const records = ndef.decodeMessage(ndef.encodeMessage([text(id), ndef.uriRecord(URI)]))
  const values = records.map(({ value }) => value).join(', ')
  console.log(`ids ${id.length} and 0: ${values}`)
  return values
})
let type
try {
  type = ndef.isType(text([]), ndef.TNF_WELL_KNOWN, ndef.RTD_TEXT)
} catch (error) {
  type = error.name
}
console.log('isType():', type)
if (seen.join() !== `Kitchen, ${URI},Kitchen, chen.example/ring` || type !== 'TypeError') {
  console.error('changed: a URI that is cut behind a record with an id, and a TypeError were expected')
  process.exit(1)
}
JS
NODE_NO_WARNINGS=1 node "$tmp/run.cjs"
