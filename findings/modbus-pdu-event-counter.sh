#!/usr/bin/env bash
# modbus-pdu counts 255 events where the Modbus specification's own example has 264
#
# Software: modbus-pdu 1.14.1 (npm), Node.js 20
# Guess:    The answer to Get Comm Event Counter has two octets for the status and two for the count; the example is 0B
#           FF FF 01 08, busy and 264 events (Modbus Application Protocol 1.1b3, 6.9). When more objects of a device
#           follow ProductCode, which is object 1, the next one is 2 (6.21).
# Seen:     Each has one octet, so the count is the second half of the status; it writes an answer of three octets, too.
#           The next object after one that is given by its name is 11: it joins "1" and 1.
# Output:   0B FF FF 01 08: status 255, 255 events
#           written: 0b ff 08
#           next object: 11 after ProductCode, 2 after 1
# Callbox:  speaks no Modbus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" modbus-pdu@1.14.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { GetCommEventCounter, ReadDeviceIdentification } = require('modbus-pdu')

const NEXT_OBJECT = 5
const counter = GetCommEventCounter.Response
const read = counter.parse(Buffer.from('0bffff0108', 'hex'))
console.log(`0B FF FF 01 08: status ${read.status}, ${read.event_count} events`)
const written = counter.build(0xffff, 264)
console.log(`written: ${written.toString('hex').match(/../g).join(' ')}`)

/** The next object when more follow than this one. */
function next (id) {
  const objects = [{ id, value: Buffer.from('box') }]
  return ReadDeviceIdentification.Response.build('BasicDeviceIdentification', 1, true, objects)[NEXT_OBJECT]
}
const seen = [next('ProductCode'), next(1)]
console.log(`next object: ${seen[0]} after ProductCode, ${seen[1]} after 1`)
if (read.event_count !== 255 || written.length !== 3 || seen.join() !== '11,2') {
  console.error('changed: 255 events, an answer of three octets, and object 11 were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
