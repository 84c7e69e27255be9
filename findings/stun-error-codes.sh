#!/usr/bin/env bash
# stun, the npm package, reads the error 401 as 404, and 438 as 552
#
# Software: stun 2.1.0 (npm), Node.js 20
# Guess:    An ERROR-CODE is 100 times its class, which is 3 to 6, and a number of 0 to 99 (RFC 8489, section 14.8).
#           What the package has written it reads as the same code.
# Seen:     It writes 401 as class 4 and number 1, which is right, and reads four times the number: 404. A stale nonce
#           is 552. Only numbers of 0 are right, so a client that answers 401 with its name and password never does.
# Output:   300: octets 03 00, read as 300
#           401: octets 04 01, read as 404
#           420: octets 04 14, read as 480
#           438: octets 04 26, read as 552
#           500: octets 05 00, read as 500
# Callbox:  aioice reads its STUN answers; `callbox doctor` tells why a TURN server refuses (docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" stun@2.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const stun = require('stun')

const seen = []
for (const code of [300, 401, 420, 438, 500]) {
  const message = stun.createMessage(stun.constants.STUN_BINDING_ERROR_RESPONSE)
  message.addError(code, 'reason')
  const bytes = stun.encode(message)
  const octets = bytes.toString('hex', 26, 28).replace(/^../, '$& ') // class and number
  seen.push(stun.decode(bytes).getError().code)
  console.log(`${code}: octets ${octets}, read as ${seen.at(-1)}`)
}
if (seen.join() !== '300,404,480,552,500') {
  console.error('changed: four times the number was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
