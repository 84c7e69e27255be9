#!/usr/bin/env bash
# ts-ics puts a monthly alarm of a weekday at midnight, and the last weekday of a month a day early
#
# Software: ts-ics 2.4.6, Node.js 20
# Guess:    A rule's dates have the start's time of day: the last Friday at 7:30 (BYDAY=-1FR) is 25 December 2026 at
#           7:30; the last weekday (BYDAY=MO,TU,WE,TH,FR with BYSETPOS=-1) is Thursday the 31st.
# Seen:     Weekly ones have it; monthly ones are at 0:00. The last weekday is the one before it, and the start's own
#           date, which is a last weekday, is left out.
# Output:   WEEKLY;BYDAY=FR: 2026-12-04 07:30, 2026-12-11 07:30
#           MONTHLY;BYDAY=-1FR: 2026-12-25 00:00, 2027-01-29 00:00
#           MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1: 2026-12-30 00:00, 2027-01-28 00:00
# Callbox:  reads no calendars (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ts-ics@2.4.6 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { convertIcsCalendar, extendByRecurrenceRule } = require('ts-ics')

const seen = []
for (const rule of ['WEEKLY;BYDAY=FR', 'MONTHLY;BYDAY=-1FR', 'MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1']) {
  const calendar = convertIcsCalendar(undefined, [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//findings//EN', 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20260101T000000Z',
    'DTSTART:20261130T073000Z', `RRULE:FREQ=${rule}`, 'SUMMARY:Alarm', 'END:VEVENT', 'END:VCALENDAR', ''
  ].join('\r\n'))
  const [{ start, recurrenceRule }] = calendar.events
  const dates = extendByRecurrenceRule(recurrenceRule, { start: start.date, end: new Date('2027-03-01T00:00:00Z') })
  seen.push(dates.slice(0, 2).map((date) => date.toISOString().slice(0, 16).replace('T', ' ')).join(', '))
  console.log(`${rule}: ${seen.at(-1)}`)
}
if (!seen[1].endsWith('2027-01-29 00:00') || !seen[2].startsWith('2026-12-30 00:00')) {
  console.error('changed: midnight, and 30 December, were expected')
  process.exit(1)
}
JS
TZ=UTC node "$tmp/run.cjs"
