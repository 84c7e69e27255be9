#!/usr/bin/env bash
# to-words says "Milioni" of two million in Italian, and "Um Milhões Um" of 1000001 in Portuguese
#
# Software: to-words 5.7.0 (npm), Node.js 20
# Guess:    Numbers in the words of 135 locales (its README): 2000000 is "due milioni" in Italian and 1001 "mille uno";
#           5000 is "pięć tysięcy" in Polish, and 1000001 "um milhão e um" in Portuguese.
# Seen:     In Italian the number in front of the plural is lost: two million is "millions" and two thousand million
#           "Miliardi", while three million is right. 1001 has the plural of a thousand. In Polish 5000 has the singular
#           that belongs to 1000, and in Portuguese one million and one has the plural.
# Output:   it-IT: 2000000 Milioni, 3000000 Tre Milioni, 2000000000 Miliardi, 1000 Mille, 1001 Mila Uno
#           pl-PL: 1000 Tysiąc, 2000 Dwa Tysiące, 5000 Pięć Tysiąc
#           pt-PT: 1000000 Um Milhão, 1000001 Um Milhões Um
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" to-words@5.7.0 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { ToWords } from 'to-words'

const seen = []
for (const [localeCode, numbers] of [
  ['it-IT', [2000000, 3000000, 2000000000, 1000, 1001]],
  ['pl-PL', [1000, 2000, 5000]],
  ['pt-PT', [1000000, 1000001]],
]) {
  const toWords = new ToWords({ localeCode })
  const words = numbers.map((number) => toWords.convert(number))
  seen.push(...words)
  console.log(`${localeCode}: ${numbers.map((number, index) => `${number} ${words[index]}`).join(', ')}`)
}
const [twoMillion, , twoMilliards, , thousandAndOne, , , fiveThousand, , millionAndOne] = seen
const changed = [twoMillion, twoMilliards, thousandAndOne, fiveThousand, millionAndOne].join()
if (changed !== 'Milioni,Miliardi,Mila Uno,Pięć Tysiąc,Um Milhões Um') {
  console.error('changed: lost numbers and wrong plurals were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
