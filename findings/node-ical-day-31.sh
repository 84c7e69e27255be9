#!/usr/bin/env bash
# node-ical turns a monthly alarm of the 31st into one of the 28th, and 2:30 into 3:30 from the spring on
#
# Software: node-ical 0.26.1 (rrule-temporal 1.6.0), Node.js 20
# Guess:    Dates and times of a rule that don't exist are left out, and not counted (RFC 5545, section 3.3.10): a
#           monthly event of 31 January is next on 31 March, a yearly one of 29 February in four years, a daily one at
#           2:30 isn't on the night on which the clock is put forward.
# Seen:     They are moved to a day, or an hour, that exists, and all that follow stay there.
# Output:   monthly: 2026-01-31 07:30, 2026-02-28 07:30, 2026-03-28 07:30, 2026-04-28 07:30
#           yearly: 2024-02-29 07:30, 2025-02-28 07:30, 2026-02-28 07:30, 2027-02-28 07:30
#           daily: 2026-03-28 02:30, 2026-03-29 03:30, 2026-03-30 03:30, 2026-03-31 03:30
# Callbox:  reads no calendars; its own alarms at a time that is left out ring an hour later, on that night only.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-ical@0.26.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const ical = require('node-ical')

const event = (start, frequency) => [
  'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//findings//EN', 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20240101T000000Z',
  `DTSTART;TZID=Europe/Berlin:${start}`, `RRULE:FREQ=${frequency};COUNT=4`, 'SUMMARY:Alarm', 'END:VEVENT',
  'END:VCALENDAR', ''
].join('\r\n')
const local = (date) => date.toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).slice(0, 16)
const seen = []
for (const [start, frequency] of [
  ['20260131T073000', 'MONTHLY'], ['20240229T073000', 'YEARLY'], ['20260328T023000', 'DAILY']
]) {
  const found = Object.values(ical.sync.parseICS(event(start, frequency))).find(({ type }) => type === 'VEVENT')
  const dates = found.rrule.all().map(local)
  seen.push(dates.at(-1))
  console.log(`${frequency.toLowerCase()}: ${dates.join(', ')}`)
}
if (seen.join() !== '2026-04-28 07:30,2027-02-28 07:30,2026-03-31 03:30') {
  console.error('changed: the 28th, and 3:30, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
