#!/usr/bin/env bash
# open-sml cuts texts of 15 and 16 octets, can't write the request that opens a file, nor read one for a parameter
#
# Software: open-sml 1.0.4 (npm), Node.js 20
# Guess:    In SML, the language of German meters, a length counts the text and the octets that tell the length, of four
#           bits each (BSI TR-03109-1, annex IV, TL field): 81 01 stands before 15 octets, as 15 and two are 17. Numbers
#           have as many octets as they need: the library reads unsigned ones of 3, and signed ones of 3 and 5.
# Seen:     It takes the number of those octets from the length of the text alone: it writes 81 00 for 15, 81 01 for 16,
#           and 01, which means "none", for one. setReqFileId() sets another property than the one that is written. Of a
#           request for a parameter it doesn't read the password, and looks for the path in its place. An unsigned
#           number of 5 octets is undefined, and its octets are read as what follows.
# Output:   14 octets: 14; 15 octets: 14; 16 octets: 15; 17 octets: 17; 1 octet: undefined
#           SmlPublicOpenRequest: TypeError when it is written
#           SmlGetProcParameterRequest: Error when it is read
#           3 octets: 66051, to octet 4; 5 octets: undefined, to octet 1
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" open-sml@1.0.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const sml = require('open-sml')

/** The length of the text that is read of one that was written. */
function readAgain (length) {
  const buffer = new sml.SmlBuffer()
  buffer.writeOctetString('x'.repeat(length))
  buffer.setOffset(0)
  return buffer.readOctetString()?.length
}

function orError (call, when) {
  try {
    call()
    return 'well'
  } catch (error) {
    return `${error.name} when it is ${when}`
  }
}

const open = new sml.SmlPublicOpenRequest()
open.setClientId('client')
open.setReqFileId('1')
const parameter = new sml.SmlGetProcParameterRequest()
parameter.setServerId('server')
parameter.setUsername('user')
parameter.setPassword('word')
const path = new sml.SmlTreePath()
path.addPathEntry(Buffer.from('8181c78203ff', 'hex'))
parameter.setParameterTreePath(path)
const written = new sml.SmlBuffer()
parameter.write(written)
written.setOffset(0)
written.readChoice()

const lengths = [14, 15, 16, 17, 1].map(readAgain)
const requests = [
  orError(() => open.write(new sml.SmlBuffer()), 'written'),
  orError(() => sml.SmlGetProcParameterRequest.parse(written), 'read')
]
const numbers = ['64010203', '660102030405'].map(octets => {
  const buffer = new sml.SmlBuffer(Buffer.from(octets, 'hex'))
  return [buffer.readSmlValue(), buffer.getOffset()]
})
console.log([14, 15, 16, 17, 1].map((length, index) =>
  `${length} octet${length > 1 ? 's' : ''}: ${lengths[index]}`).join('; '))
console.log(`SmlPublicOpenRequest: ${requests[0]}\nSmlGetProcParameterRequest: ${requests[1]}`)
console.log([3, 5].map((length, index) => `${length} octets: ${numbers[index].join(', to octet ')}`
  .replace(': ,', ': undefined,')).join('; '))
if (`${lengths}` !== '14,14,15,17,' || requests.includes('well') || `${numbers}` !== '66051,4,,1') {
  console.error('changed: 14 of 15 and 15 of 16 octets were expected, two errors and no number')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
