#!/usr/bin/env bash
# words-to-numbers hears "wait 1 2" in "wait a second", and 200 in two numbers of 100
#
# Software: words-to-numbers 1.5.1, Node.js 20
# Guess:    What isn't a number stays as it is, as its documentation says of texts with numbers in them: a second is a
#           time, and "a" a number in front of a number only, as in its example "a thousand". Two numbers that follow
#           each other stay two, as "one two three" does.
# Seen:     Each second is 2 and each "a" is 1, so that "set a timer" is "set 1 timer". One hundred and one hundred are
#           added up.
# Output:   wait a second: wait 1 2
#           set a timer for ten minutes: set 1 timer for 10 minutes
#           one two three: 1 2 3
#           one hundred one hundred: 200
# Callbox:  neither says nor reads numbers: the bot does, and tools take JSON (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" words-to-numbers@1.5.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { wordsToNumbers } = require('words-to-numbers')

const seen = []
for (const text of ['wait a second', 'set a timer for ten minutes', 'one two three', 'one hundred one hundred']) {
  seen.push(String(wordsToNumbers(text)))
  console.log(`${text}: ${seen.at(-1)}`)
}
if (seen.join() !== 'wait 1 2,set 1 timer for 10 minutes,1 2 3,200') {
  console.error('changed: "wait 1 2" was expected, and 200')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
