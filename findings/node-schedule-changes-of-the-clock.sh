#!/usr/bin/env bash
# node-schedule leaves out an alarm in the night of the hour forward, and rings it twice in that of the hour back
#
# Software: node-schedule 2.1.1, Node.js 20
# Guess:    A rule of hour 2 and minute 30 is one alarm each day: in the two nights when the clock changes once, as cron
#           has it (cron(8) of Debian: jobs of a skipped time run soon after the change, and none runs twice).
# Seen:     On 28 March 2027 it doesn't ring at all; on 31 October it rings at 2:30 of summer time and an hour later.
# Output:   March: 2027-03-27T01:30Z 2027-03-29T00:30Z 2027-03-30T00:30Z
#           October: 2027-10-31T00:30Z 2027-10-31T01:30Z 2027-11-01T01:30Z
# Callbox:  rings it once in both, at 3:30 and at the first 2:30 (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-schedule@2.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RecurrenceRule } = require('node-schedule')

const rule = new RecurrenceRule()
Object.assign(rule, { hour: 2, minute: 30, second: 0, tz: 'Europe/Berlin' })

function rings (from) {
  let time = new Date(from)
  return [0, 0, 0].map(() => {
    time = rule.nextInvocationDate(time)
    return new Date(+time).toISOString().replace(':00.000', '')
  })
}

const [march, october] = [rings('2027-03-27T00:00:00Z'), rings('2027-10-30T12:00:00Z')]
console.log('March:', ...march)
console.log('October:', ...october)
if (march.some((time) => time.startsWith('2027-03-28')) || october[1] !== '2027-10-31T01:30Z') {
  console.error('changed: no time on 28 March and two on 31 October were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
