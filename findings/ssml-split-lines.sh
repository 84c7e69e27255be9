#!/usr/bin/env bash
# ssml-split says "Good morningDave" of two lines, and ends a part in the middle of 22.75
#
# Software: ssml-split 0.5.0 (npm), Node.js 20
# Guess:    It removes new lines and excessive white space, and splits at the nearest point, comma or blank, so that a
#           service takes each part (its README). What is said stays the same: a line feed, or a blank between two
#           elements, parts two words (XML 1.0, section 2.10: all white space is passed on), and a point within a number
#           ends nothing.
# Seen:     Line feeds are removed rather than replaced, and blanks between elements too, so two words become one. A
#           part ends at the point of a number, so 22.75 is "twenty-two." and "seventy-five".
# Output:   two lines: Good morningDave.
#           two elements: <emphasis>very</emphasis><emphasis>good</emphasis>
#           a number at the limit: It is 21.5 degrees in the room now and 22. | 75 degrees outside of the house today
# Callbox:  sends no SSML; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ssml-split@0.5.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { SSMLSplit } = require('ssml-split')

const seen = []
for (const [label, limits, text] of [
  ['two lines', {}, 'Good morning\nDave.'],
  ['two elements', {}, '<emphasis>very</emphasis> <emphasis>good</emphasis>'],
  [
    'a number at the limit',
    { softLimit: 30, hardLimit: 60 },
    'It is 21.5 degrees in the room now and 22.75 degrees outside of the house today',
  ],
]) {
  const parts = new SSMLSplit(limits).split(`<speak>${text}</speak>`)
  seen.push(parts.map((part) => part.slice('<speak>'.length, -'</speak>'.length)).join(' | '))
  console.log(`${label}: ${seen.at(-1)}`)
}
const joined = seen[0].includes('morningDave') && seen[1].includes('</emphasis><emphasis>')
if (!joined || !seen[2].includes('22. | 75')) {
  console.error('changed: joined words and a number in two parts were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
