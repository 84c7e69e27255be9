#!/usr/bin/env bash
# Speech Markdown drops the minus of a temperature when a dash follows
#
# Software: speechmarkdown-js 2.1.1, Node.js 20
# Guess:    -word- is reduced emphasis; a minus in front of a number, and dashes between blanks, are text, as * is.
# Seen:     From the minus to the next dash all is emphasis, and minus and dashes are gone: -5 is 5, of a sum and of a
#           telephone number the figures are left.
# Output:   -5 degrees, -10 at night => -5 degrees, -10 at night
#           It is -5 - feels like -10 - outside. => It is 5 feels like 10 outside.
#           10 - 3 - 2 => 10 3 2
#           2 * 3 * 4 => 2 * 3 * 4
# Callbox:  speaks no text by itself; the bot's voice does.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" speechmarkdown-js@2.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { SpeechMarkdown } = require('speechmarkdown-js')

const speech = new SpeechMarkdown()
const seen = []
for (const text of [
  '-5 degrees, -10 at night', 'It is -5 - feels like -10 - outside.', '10 - 3 - 2', '2 * 3 * 4'
]) {
  seen.push(speech.toText(text))
  console.log(`${text} => ${seen.at(-1)}`)
}
if (seen[1].includes('-') || seen[2] !== '10 3 2' || seen[3] !== '2 * 3 * 4') {
  console.error('changed: numbers without minus and dash were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
