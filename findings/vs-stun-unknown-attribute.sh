#!/usr/bin/env bash
# vs-stun raises TypeError at an attribute that it may ignore, and at the one that nominates a pair of candidates
#
# Software: vs-stun 0.0.7 (npm), Node.js 20
# Guess:    parse() reads an ICE check with USE-CANDIDATE, which its documentation names, and leaves out attributes that it
#           doesn't know: those from 0x8000 on MUST be ignored (RFC 8489, section 14). Chrome's checks have one, 0xC057.
# Seen:     Each of them raises TypeError: an unknown type has no decoder, and that of USE-CANDIDATE isn't found, as it is
#           listed by a name with another letter. Of such a message nothing can be read.
# Output:   USERNAME, PRIORITY: username evtj:h6vY, priority 1845494271
#           with USE-CANDIDATE: TypeError: Cannot read properties of undefined (reading 'decode')
#           with 0xC057 of Chrome: TypeError: Cannot read properties of undefined (reading 'decode')
# Callbox:  its STUN is aioice's, which ignores what it doesn't know.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" vs-stun@0.0.7 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parse } = require('vs-stun')

function request (attributes) { // a binding request
  const body = Buffer.concat(attributes.map(([type, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16BE(type, 0)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, value, Buffer.alloc((4 - value.length % 4) % 4)])
  }))
  const head = Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex')
  head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

const CHECK = [[0x0006, Buffer.from('evtj:h6vY')], [0x0024, Buffer.from('6e0001ff', 'hex')]]
const seen = Object.entries({
  'USERNAME, PRIORITY': CHECK,
  'with USE-CANDIDATE': [...CHECK, [0x0025, Buffer.alloc(0)]],
  'with 0xC057 of Chrome': [...CHECK, [0xc057, Buffer.from('000a0001', 'hex')]]
}).map(([name, attributes]) => {
  let text
  try {
    const { username, priority } = parse(request(attributes)).attribute
    text = `username ${username}, priority ${priority}`
  } catch (error) {
    text = String(error)
  }
  console.log(`${name}: ${text}`)
  return text.split(' ')[0]
})
if (seen.join(' ') !== 'username TypeError: TypeError:') {
  console.error('changed: TypeError was expected of the second and of the third one')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
