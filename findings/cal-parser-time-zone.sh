#!/usr/bin/env bash
# cal-parser takes 7:30 in Berlin for 7:30 in UTC, and knows no end of an event with a duration
#
# Software: cal-parser 1.0.2 (npm), Node.js 20
# Guess:    It "transforms dates and date-times into JS Date objects": a Date is a moment, which for
#           DTSTART;TZID=Europe/Berlin:20270310T073000 is 6:30 in UTC (RFC 5545, section 3.3.5, form 3).
# Seen:     TZID isn't looked at, though the parser keeps it beside the Date: 7:30 in UTC, an hour late, two in summer.
#           An event with DURATION (section 3.6.1: one of DTEND and DURATION) has no dtend.
# Output:   DTSTART:20270310T063000Z: 06:30 in UTC
#           DTSTART;TZID=Europe/Berlin:20270310T073000: 07:30 in UTC
#           dtend with DURATION:PT45M: undefined
# Callbox:  reads no calendars.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" cal-parser@1.0.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parseString } = require('cal-parser')

const seen = []
let end
for (const start of ['DTSTART:20270310T063000Z', 'DTSTART;TZID=Europe/Berlin:20270310T073000']) {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20270101T000000Z',
    start, 'DURATION:PT45M', 'SUMMARY:Wake up', 'END:VEVENT', 'END:VCALENDAR', '']
  const [event] = parseString(lines.join('\r\n')).events
  seen.push(event.dtstart.value.toISOString().slice(11, 16))
  end = event.dtend
  console.log(`${start}: ${seen.at(-1)} in UTC`)
}
console.log(`dtend with DURATION:PT45M: ${end}`)
if (seen.join() !== '06:30,07:30' || end !== undefined) {
  console.error('changed: 7:30 in UTC, and no end, were expected')
  process.exit(1)
}
JS
TZ=UTC node "$tmp/run.cjs"
