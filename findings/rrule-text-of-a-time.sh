#!/usr/bin/env bash
# rrule's text of an alarm at 7:30 on weekdays is "every weekday", and its own "every weekday at 7:30" is 7 o'clock
#
# Software: rrule 2.8.1 (npm), Node.js 20
# Guess:    A rule whose isFullyConvertibleToText() is true is told by toText() as it is: with its hour and minute. And
#           fromText() refuses what it doesn't understand, as it does "every other day".
# Seen:     The minute is never told: 7:30 and 7:00 are "every day at 7". On weekdays the hour isn't either. fromText()
#           takes "at 7:30" for 7, and leaves the minute to the time at which the program was started.
# Output:   FREQ=DAILY;BYHOUR=7;BYMINUTE=30: every day at 7 (fully convertible: true)
#           FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=30: every weekday (fully convertible: true)
#           every weekday at 7:30: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7
# Callbox:  has no recurrence rules; an alarm's MQTT message has time and weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" rrule@2.8.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RRule } = require('rrule')

const seen = []
for (const rule of ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR']) {
  const text = `${rule};BYHOUR=7;BYMINUTE=30`
  const parsed = RRule.fromString(text)
  seen.push(`${parsed.toText()} (fully convertible: ${parsed.isFullyConvertibleToText()})`)
  console.log(`${text}: ${seen.at(-1)}`)
}
seen.push(RRule.fromText('every weekday at 7:30').toString().replace('RRULE:', ''))
console.log(`every weekday at 7:30: ${seen.at(-1)}`)
if (seen[0] !== 'every day at 7 (fully convertible: true)' || !seen[1].startsWith('every weekday (') ||
    seen[2] !== 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7') {
  console.error('changed: texts without minutes were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
