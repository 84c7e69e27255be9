#!/usr/bin/env bash
# sdp, the npm package, cuts a parameter's value off at its =
#
# Software: sdp 3.2.2, Node.js 20
# Guess:    a=fmtp's parameter sprop-parameter-sets is in base64, which ends in = or == (RFC 6184, section 8.1): a value
#           goes as far as the next semicolon, and writeFmtp() writes what parseFmtp() has read.
# Seen:     The value ends at its own first =. What is written is another base64 text, which a strict decoder refuses: a
#           door station's camera has no picture in front of the first key frame with its sets.
# Output:   read: sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==
#           value: Z0IACpZTBYmI,aMljiA
#           written: a=fmtp:96 sprop-parameter-sets=Z0IACpZTBYmI,aMljiA
# Callbox:  doesn't use it; its offers are audio only, with parameters that are numbers.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp@3.2.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const sdp = require('sdp')

const LINE = 'sprop-parameter-sets=Z0IACpZTBYmI,aMljiA=='
const parameters = sdp.parseFmtp(`a=fmtp:96 ${LINE}`)
const written = sdp.writeFmtp({ payloadType: 96, parameters }).trim()
console.log('read:', LINE)
console.log('value:', parameters['sprop-parameter-sets'])
console.log('written:', written)
if (parameters['sprop-parameter-sets'] !== 'Z0IACpZTBYmI,aMljiA') {
  console.error('changed: the value was expected without ==')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
