#!/usr/bin/env bash
# written-number says "two" of 1.5, "uno millón uno" of 1000001, and nothing at all of -5
#
# Software: written-number 0.11.1 (npm), Node.js 20
# Guess:    It converts numbers to words (its README, which tells no limits): -5 is "minus five" or an error, 1.5 is
#           "one point five", and 1000001 in Spanish is "un millón uno", as 1000000 is "un millón".
# Seen:     Each number below zero is an empty text, and a fraction is rounded without a word: half a degree is one, and
#           0.4 zero. In Spanish a million is "uno" as soon as something follows.
# Output:   en: -5 "", -0.5 "", 0.4 "zero", 0.5 "one", 1.5 "two"
#           es: 1000000 "un millón", 1000001 "uno millón uno"
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" written-number@0.11.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const writtenNumber = require('written-number')

const seen = []
for (const [lang, numbers] of [
  ['en', [-5, -0.5, 0.4, 0.5, 1.5]],
  ['es', [1000000, 1000001]],
]) {
  const words = numbers.map((number) => writtenNumber(number, { lang }))
  seen.push(...words)
  console.log(`${lang}: ${numbers.map((number, index) => `${number} "${words[index]}"`).join(', ')}`)
}
if (seen.join('|') !== '||zero|one|two|un millón|uno millón uno') {
  console.error('changed: no words, whole numbers and "uno millón" were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
