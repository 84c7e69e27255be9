#!/usr/bin/env bash
# mqtt-packet takes the shortest AUTH for an error
#
# Software: mqtt-packet 9.0.2 (MQTT.js and Aedes read their packets with it), Node.js 20
# Guess:    An AUTH with the reason Success and no properties may leave both out, and has a length of 0 then (MQTT 5,
#           section 3.15.2.1), like a DISCONNECT. The octets f0 00 are the end of a re-authentication.
# Seen:     The DISCONNECT of no length is read, with reason code 0; of the AUTH the parser says "Invalid auth reason
#           code", which MQTT.js gives as the client's error. The handler of AUTH isn't called.
# Output:   e0 00: disconnect, reason code 0
#           f0 00: Invalid auth reason code
#           f0 02 00 00: auth, reason code 0
# Callbox:  uses no enhanced authentication; a broker sends it no AUTH.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-packet@9.0.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parser } = require('mqtt-packet')

/** What the parser tells of a packet. */
function read(hex) {
  let told
  const reader = parser({ protocolVersion: 5 })
  reader.on('packet', ({ cmd, reasonCode }) => { told = `${cmd}, reason code ${reasonCode}` })
  reader.on('error', (error) => { told = error.message })
  reader.parse(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  console.log(`${hex}: ${told}`)
  return told
}

const seen = ['e0 00', 'f0 00', 'f0 02 00 00'].map(read)
if (seen.join('; ') !== 'disconnect, reason code 0; Invalid auth reason code; auth, reason code 0') {
  console.error('changed: an error was expected for f0 00 only')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
