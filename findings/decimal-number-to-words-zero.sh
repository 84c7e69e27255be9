#!/usr/bin/env bash
# decimal-number-to-words has no words for 0, for what is below, and for what is very small
#
# Software: decimal-number-to-words 1.3.3, Node.js 20
# Guess:    toWords(0) is "zero", as toWords(0.5) is "zero point five", and -3 is "minus three", as toWordsOrdinal(-3)
#           is "minus third".
# Seen:     It returns an empty text of 0, of each negative number and of those that JavaScript writes with an exponent:
#           a voice says nothing of zero degrees, nor of frost.
# Output:   21.5: "twenty-one point five"
#           0.5: "zero point five"
#           0: ""
#           -0.5: ""
#           -3: ""
#           1e-7: ""
#           -3 as an ordinal: "minus third"
# Callbox:  neither says nor reads numbers: the bot does, and tools take JSON (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" decimal-number-to-words@1.3.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { toWords, toWordsOrdinal } = require('decimal-number-to-words')

const seen = []
for (const number of [21.5, 0.5, 0, -0.5, -3, 1e-7]) {
  seen.push(toWords(number))
  console.log(`${number}: ${JSON.stringify(seen.at(-1))}`)
}
console.log(`-3 as an ordinal: ${JSON.stringify(toWordsOrdinal(-3))}`)
if (seen.join() !== 'twenty-one point five,zero point five,,,,') {
  console.error('changed: no words were expected of 0 and of what is below')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
