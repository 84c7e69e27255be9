#!/usr/bin/env bash
# eddystone-url-encoding can't decode what it has encoded of an address that has another one within it
#
# Software: eddystone-url-encoding 1.0.1 (npm), Node.js 20
# Guess:    An address begins with an octet for its scheme, 0 to 3 (Eddystone-URL's specification). decode() gives back
#           what encode() was given, also an address that has another one in its path, as web archives have.
# Seen:     The schemes are looked for in the whole address, that of http:// before that of https://. An address of
#           https:// with http:// in its path begins with its own letters: decode() raises an error of its own result.
# Output:   https://a.net/b: begins with 3, decoded https://a.net/b
#           https://a.net/http://b: begins with 104, decoded Error: "data" does not seem to be an encoded Eddystone URL
# Callbox:  finds no beacons; it uses no Bluetooth LE.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" eddystone-url-encoding@1.0.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { decode, encode } = require('eddystone-url-encoding')

const seen = ['https://a.net/b', 'https://a.net/http://b'].map((url) => {
  const octets = encode(url)
  let again
  try {
    again = decode(octets)
  } catch (error) {
    again = `${error.name}: ${error.message}`
  }
  console.log(`${url}: begins with ${octets[0]}, decoded ${again}`)
  return again
})
if (seen[0] !== 'https://a.net/b' || !seen[1].startsWith('Error')) {
  console.error('changed: an error was expected of an address with another one in its path')
  process.exit(1)
}
JS
NODE_NO_WARNINGS=1 node "$tmp/run.cjs"
