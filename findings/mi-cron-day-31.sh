#!/usr/bin/env bash
# mi-cron rings on 1 December for the 31st, on 1 March for 29 February, and has no Sunday in 5-7
#
# Software: @cheap-glitch/mi-cron 1.0.1 (npm), Node.js 20
# Guess:    "0 7 31 * *" rings in the months that have a 31st, "0 7 29 2 *" every four years, as cron-schedule has it: a
#           day matches when the fields match it (crontab(5)). 7 is Sunday for cron; who has no 7 refuses 5-7 as 7.
# Seen:     A day that the month hasn't is handed to Date.UTC(), which makes the next month's first days of it. 5-7 is
#           Friday alone: the end is out of range, and is then taken for one that wasn't given; 7 alone is refused.
# Output:   0 7 31 * *: 2026-12-01 2026-12-31 2027-01-31 2027-03-03
#           cron-schedule: 2026-12-31 2027-01-31 2027-03-31 2027-05-31
#           0 7 29 2 *: 2027-03-01 2028-02-29
#           cron-schedule: 2028-02-29 2032-02-29
#           weekdays of 5-7: 5; of 7: refused
# Callbox:  has no cron lines: an alarm names its weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @cheap-glitch/mi-cron@1.0.1 cron-schedule@6.0.0 \
  > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { parseCron } from '@cheap-glitch/mi-cron'
import { parseCronExpression } from 'cron-schedule'

process.env.TZ = 'UTC'
const first = new Date('2026-11-01T00:00Z')
const day = (date) => date.toISOString().slice(0, 10)
const seen = []
for (const [line, number] of [['0 7 31 * *', 4], ['0 7 29 2 *', 2]]) {
  const dates = []
  for (let date = first; dates.length < number;) dates.push(date = parseCron.nextDate(line, date))
  seen.push(dates.map(day).join(' '))
  console.log(`${line}: ${seen.at(-1)}`)
  console.log(`  cron-schedule: ${parseCronExpression(line).getNextDates(number, first).map(day).join(' ')}`)
}
seen.push(`${parseCron('0 7 * * 5-7').weekDays}; of 7: ${parseCron('0 7 * * 7') ? 'taken' : 'refused'}`)
console.log(`weekdays of 5-7: ${seen.at(-1)}`)
if (seen.join() !== '2026-12-01 2026-12-31 2027-01-31 2027-03-03,2027-03-01 2028-02-29,5; of 7: refused') {
  console.error('changed: 1 December, 3 March and 1 March, and Friday alone, were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
