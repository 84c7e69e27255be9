#!/usr/bin/env bash
# iso8601-duration makes an alarm 15 minutes after the meeting of one 15 minutes before
#
# Software: iso8601-duration 2.1.4, Node.js 20
# Guess:    A calendar's TRIGGER:-PT15M is a duration with a sign (RFC 5545, section 3.3.6). The package's README says
#           that it doesn't support signs: it refuses one.
# Seen:     It finds the duration behind the sign and takes it: parse() and toSeconds() give 15 minutes, and end() a
#           time after the start. No error.
# Output:   PT15M: 900 s, -PT15M: 900 s
#           -PT15M at 09:00: 09:15
# Callbox:  takes no durations as text from others: timers are seconds, alarms times of day (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" iso8601-duration@2.1.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parse, toSeconds, end } = require('iso8601-duration')

const after = toSeconds(parse('PT15M'))
const before = toSeconds(parse('-PT15M'))
const rung = end(parse('-PT15M'), new Date('2027-03-10T09:00:00Z')).toISOString().slice(11, 16)
console.log(`PT15M: ${after} s, -PT15M: ${before} s`)
console.log(`-PT15M at 09:00: ${rung}`)
if (after !== 900 || before !== 900 || rung !== '09:15') {
  console.error('changed: 15 minutes without the sign were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
