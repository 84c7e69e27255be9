#!/usr/bin/env bash
# chrono-node rings at 7 when it is told "7 Uhr 30", and finds a Friday in "morgen früh"
#
# Software: chrono-node 2.10.3, Node.js 20
# Guess:    Its German reads a time as it is said: "um 19 Uhr 30" is 19:30, as "um 19:30 Uhr" is, and "morgen früh um 7"
#           one time, tomorrow at 7.
# Seen:     The minutes behind Uhr are left out: 19:00. In "morgen früh um 7" it finds three: tomorrow, a Friday
#           ("fr", since the ü ends a word for it), and today at 7; parseDate() gives the first one, at the hour it is
#           now.
# Output:   um 19:30 Uhr: 10T19:30 of "um 19:30 Uhr"
#           um 19 Uhr 30: 10T19:00 of "um 19 Uhr"
#           morgen früh um 7: 11T09:00 of "morgen", 12T12:00 of "fr", 10T07:00 of "um 7"
# Callbox:  reads no times in words; German it only speaks, the cause of an error (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" chrono-node@2.10.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const chrono = require('chrono-node')

const seen = []
for (const text of ['um 19:30 Uhr', 'um 19 Uhr 30', 'morgen früh um 7']) {
  const found = chrono.de.parse(text, { instant: new Date('2027-03-10T09:00:00Z'), timezone: 0 })
  const times = found.map((part) => part.date().toISOString().slice(8, 16))
  console.log(`${text}: ${found.map((part, index) => `${times[index]} of "${part.text}"`).join(', ')}`)
  seen.push(times.join(' '))
}
if (seen.join() !== '10T19:30,10T19:00,11T09:00 12T12:00 10T07:00') {
  console.error('changed: 19:00, and three times of "morgen früh um 7", were expected')
  process.exit(1)
}
JS
TZ=UTC node "$tmp/run.cjs"
