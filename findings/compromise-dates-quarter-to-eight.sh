#!/usr/bin/env bash
# compromise-dates takes "ten to eight tomorrow" for ten hours, and begins "quarter to eight tomorrow" today
#
# Software: compromise 14.17.0, compromise-dates 3.9.0, Node.js 20
# Guess:    It finds the start of what is named: ten to eight is 7:50, as "twenty past seven" is 7:20, and "quarter to
#           eight" is 7:45 wherever it stands.
# Seen:     "to" is a range when "tomorrow" follows: from 10:00 to 20:00, and from today to 8:00.
# Output:   twenty past seven tomorrow: from 2027-03-11 07:20
#           tomorrow at quarter to eight: from 2027-03-11 07:45
#           ten to eight tomorrow: from 2027-03-11 10:00 to 2027-03-11 20:00
#           quarter to eight tomorrow: from 2027-03-10 to 2027-03-11 08:00
# Callbox:  reads no times in words: the bot's model sends a number or a time of day (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" compromise@14.17.0 compromise-dates@3.9.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const compromise = require('compromise')
compromise.plugin(require('compromise-dates'))

const text = (date) => date.slice(0, 16).replace('T', ' ')
const seen = []
for (const words of [
  'twenty past seven tomorrow', 'tomorrow at quarter to eight', 'ten to eight tomorrow', 'quarter to eight tomorrow'
]) {
  const [{ dates: { start, end } }] = compromise(words).dates({ today: '2027-03-10T12:00:00', timezone: 'UTC' }).json()
  // The minutes of a start today are those of the computer's clock.
  const first = start.startsWith('2027-03-10') ? '2027-03-10' : text(start)
  const last = end.includes('T23:59') ? '' : ` to ${text(end)}`
  seen.push(`from ${first}${last}`)
  console.log(`${words}: ${seen.at(-1)}`)
}
if (seen[2] !== 'from 2027-03-11 10:00 to 2027-03-11 20:00' || seen[3] !== 'from 2027-03-10 to 2027-03-11 08:00') {
  console.error('changed: ranges were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
