#!/usr/bin/env bash
# ical-generator writes the time of an alarm without its zone, so it rings at another hour in each country
#
# Software: ical-generator 10.2.0 (npm), icalendar 7.3.2 as the reader, Node.js 20
# Guess:    A trigger that is a date is written in UTC, with a Z (RFC 5545, section 3.8.6.3: "MUST be specified in the
#           UTC time format"): new Date('2027-03-28T05:00:00Z') is 20270328T050000Z, as the event's start is.
# Seen:     In an event with a time zone the Z is left out: a time that is 5 o'clock wherever it is read. Without a zone
#           of the event the Z is there.
# Output:   without a zone: TRIGGER;VALUE=DATE-TIME:20270328T050000Z, read with UTC
#           timezone: 'Europe/Berlin': TRIGGER;VALUE=DATE-TIME:20270328T050000, read without a zone
# Callbox:  reads and writes no calendars.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ical-generator@10.2.0 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2
cat > "$tmp/run.mjs" <<'JS'
import { execFileSync } from 'node:child_process'
import { ICalCalendar } from 'ical-generator'

const READ = 'import sys, icalendar\n' +
  '[alarm] = icalendar.Calendar.from_ical(sys.stdin.read()).walk("VALARM")\n' +
  'print("with UTC" if alarm.TRIGGER.tzinfo else "without a zone")'
const start = new Date('2027-03-28T05:30:00Z')
const seen = []
for (const zone of [{}, { timezone: 'Europe/Berlin' }]) {
  const calendar = new ICalCalendar()
  const event = calendar.createEvent({ start, end: new Date('2027-03-28T06:30:00Z'), summary: 'Call', ...zone })
  event.createAlarm({ type: 'display', trigger: new Date('2027-03-28T05:00:00Z') })
  const text = calendar.toString()
  const read = execFileSync(process.argv[2], ['-c', READ], { input: text, encoding: 'utf8' }).trim()
  seen.push(`${/TRIGGER.*/.exec(text)[0].trim()}, read ${read}`)
  console.log(`${zone.timezone ? `timezone: '${zone.timezone}'` : 'without a zone'}: ${seen.at(-1)}`)
}
if (!seen[0].includes('050000Z, read with UTC') || !seen[1].includes('050000, read without')) {
  console.error('changed: a time without Z was expected in an event with a time zone')
  process.exit(1)
}
JS
TZ=UTC node "$tmp/run.mjs" "$tmp/venv/bin/python"
