#!/usr/bin/env bash
# in-words says "einhunderteinstausend" and "eineundzwanzig Millionen" in German
#
# Software: in-words 0.2.3 (npm), Node.js 20
# Guess:    de(101000) is einhunderteintausend, as de(1000) is eintausend, and de(21000000) is einundzwanzig Millionen,
#           as de(21000) is einundzwanzigtausend.
# Seen:     The s of eins goes away in 1000 alone, and each one before a million becomes feminine, also within
#           einundzwanzig, and as eine Million for a hundred and one.
# Output:   1000: eintausend
#           21000: einundzwanzigtausend
#           101000: einhunderteinstausend
#           1001000: eine Million einstausend
#           21000000: eineundzwanzig Millionen
#           101000000: einhunderteine Million
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" in-words@0.2.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { de } = require('in-words')

const seen = []
for (const number of [1000, 21000, 101000, 1001000, 21000000, 101000000]) {
  seen.push(de(number))
  console.log(`${number}: ${seen.at(-1)}`)
}
const expected = 'einhunderteinstausend,eine Million einstausend,eineundzwanzig Millionen,einhunderteine Million'
if (seen.slice(2).join() !== expected) {
  console.error(`changed: ${expected} were expected`)
  process.exit(1)
}
JS
node "$tmp/run.cjs"
