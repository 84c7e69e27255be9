#!/usr/bin/env bash
# Microsoft's Recognizers-Text knows that 1.5 hours are 5400 s, and is there an hour later
#
# Software: @microsoft/recognizers-text-suite 1.3.1, Node.js 20
# Guess:    "in ..." is the reference time and the duration that is named: "1.5 hours" is 5400 s, so "in 1.5 hours" at
#           12:00 is 13:30.
# Seen:     Only the whole hours are added; half an hour has no value at all. 90 minutes are right.
# Output:   an hour and a half: 5400 s; at 12:00 "in an hour and a half" is 13:00:00
#           1.5 hours: 5400 s; at 12:00 "in 1.5 hours" is 13:00:00
#           two and a half hours: 9000 s; at 12:00 "in two and a half hours" is 14:00:00
#           half an hour: 1800 s; at 12:00 "in half an hour" is nothing
#           90 minutes: 5400 s; at 12:00 "in 90 minutes" is 13:30:00
# Callbox:  reads no times in words: the bot's model sends a number or a time of day (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @microsoft/recognizers-text-suite@1.3.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { recognizeDateTime, Culture } = require('@microsoft/recognizers-text-suite')

const noon = new Date(2026, 10, 30, 12)

function value (text) {
  const values = recognizeDateTime(text, Culture.English, 0, noon)[0].resolution?.values
  return values?.[0].get ? values[0].get('value') : values?.[0].value
}

const seen = []
for (const text of ['an hour and a half', '1.5 hours', 'two and a half hours', 'half an hour', '90 minutes']) {
  const time = value(`in ${text}`)?.slice(11) ?? 'nothing'
  seen.push(time)
  console.log(`${text}: ${value(text)} s; at 12:00 "in ${text}" is ${time}`)
}
if (seen.join() !== '13:00:00,13:00:00,14:00:00,nothing,13:30:00') {
  console.error('changed: whole hours were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
