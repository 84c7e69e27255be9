#!/usr/bin/env bash
# cron-parser's prev() passes over a time that its next() gives
#
# Software: cron-parser 5.10.6, Node.js 20
# Guess:    prev() and next() walk over the same times, as their documentation says. At 2:30 in Berlin, with an hour
#           left out on 28 March 2027, both have the same time on that day or both have none.
# Seen:     next() gives 3:30 (summer time) for it; prev(), from the next day on, gives the 27th after the 29th. A
#           program that rings at next() and asks prev() after a power cut what it has missed leaves this one out.
# Output:   next: 2027-03-27T01:30Z 2027-03-28T01:30Z 2027-03-29T00:30Z
#           prev: 2027-03-29T00:30Z 2027-03-27T01:30Z 2027-03-26T01:30Z
# Callbox:  has no cron lines: its alarms are in the local time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" cron-parser@5.10.6 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { CronExpressionParser } = require('cron-parser')

function times (step, from) {
  const times = CronExpressionParser.parse('30 2 * * *', { currentDate: new Date(from), tz: 'Europe/Berlin' })
  return [0, 0, 0].map(() => times[step]().toISOString().replace(':00.000', ''))
}

const next = times('next', '2027-03-27T00:00:00Z')
const prev = times('prev', '2027-03-29T12:00:00Z')
console.log('next:', ...next)
console.log('prev:', ...prev)
if (!next.includes('2027-03-28T01:30Z') || prev.includes('2027-03-28T01:30Z')) {
  console.error('changed: 28 March was expected of next() alone')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
