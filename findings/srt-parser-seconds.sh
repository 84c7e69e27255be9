#!/usr/bin/env bash
# @qgustavor/srt-parser writes the seconds that it has read as milliseconds, so an hour of captions lasts 3.6 seconds
#
# Software: @qgustavor/srt-parser 2.0.0 (npm), Node.js 20
# Guess:    With numericTimestamps the times are "numbers (in seconds)", and toSrt() turns what fromSrt() has given back
#           into a text (README). The lines of a caption end as endOfLine says, with CR and LF by default.
# Seen:     toSrt() takes a number for milliseconds: 80.46 becomes 00:00:00,080. Only the first end of a line within a
#           caption is replaced, so a caption of three lines has both kinds.
# Output:   00:01:20,460 is read as 80.46 and written as 00:00:00,080
#           01:00:00,000 is read as 3600 and written as 00:00:03,600
#           three lines: "One\r\nTwo\nThree"
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @qgustavor/srt-parser@2.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { default: Parser } = require('@qgustavor/srt-parser')

const parser = new Parser({ numericTimestamps: true })
const seen = []
for (const start of ['00:01:20,460', '01:00:00,000']) {
  const captions = parser.fromSrt(`1\n${start} --> 02:00:00,000\nOne\nTwo\nThree\n`)
  const written = parser.toSrt(captions)
  seen.push(written.match(/(\S+) -->/)[1])
  console.log(`${start} is read as ${captions[0].startTime} and written as ${seen.at(-1)}`)
  if (start.startsWith('01')) seen.push(JSON.stringify(written.slice(written.indexOf('One')).trim()))
}
console.log(`three lines: ${seen.at(-1)}`)
if (seen.join() !== '00:00:00,080,00:00:03,600,"One\\r\\nTwo\\nThree"') {
  console.error('changed: 00:00:00,080 and 00:00:03,600, and one LF without a CR, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
