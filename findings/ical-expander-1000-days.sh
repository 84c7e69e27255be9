#!/usr/bin/env bash
# ical-expander has no daily event any more when it began 1000 days ago
#
# Software: ical-expander 3.2.0, Node.js 20
# Guess:    between() has what is between two dates: a daily event without an end has one on each day, whenever it
#           began.
# Seen:     It counts from the first one on, and gives up at 1000 (maxIterations) without a word: what began in 2023 is
#           there for 1000 days, and then never again.
# Output:   began 2026-01-01: 7 in a week
#           began 2024-01-01: 0 in a week
#           began 2024-01-01, maxIterations 0: 7 in a week
# Callbox:  reads no calendars (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ical-expander@3.2.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const IcalExpander = require('ical-expander')

const seen = []
for (const [start, options] of [['2026-01-01', {}], ['2024-01-01', {}], ['2024-01-01', { maxIterations: 0 }]]) {
  const ics = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//findings//EN', 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20240101T000000Z',
    `DTSTART:${start.replaceAll('-', '')}T073000Z`, 'DURATION:PT5M', 'RRULE:FREQ=DAILY', 'SUMMARY:Alarm', 'END:VEVENT',
    'END:VCALENDAR', ''
  ].join('\r\n')
  const week = new IcalExpander({ ics, ...options }).between(new Date('2026-11-30'), new Date('2026-12-07'))
  seen.push(week.occurrences.length)
  const text = Object.entries(options).map(([name, value]) => `, ${name} ${value}`).join('')
  console.log(`began ${start}${text}: ${seen.at(-1)} in a week`)
}
if (seen.join() !== '7,0,7') {
  console.error('changed: no event in the week was expected of the one that began in 2024')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
