#!/usr/bin/env bash
# ics, the npm package, writes an alarm at the beginning of an event as -PT, and ical.js refuses the calendar
#
# Software: ics 3.12.0, ical.js 2.2.1 (npm), Node.js 20
# Guess:    trigger: { minutes: 0, before: true } is a duration of nothing, which is written PT0S or PT0M: behind the T
#           comes at least one number (RFC 5545, section 3.3.6, dur-time).
# Seen:     Parts that are 0 are left out, and "-PT" remains; createEvent() tells no error. ical.js, which Thunderbird
#           and Nextcloud read calendars with, throws when the trigger is read.
# Output:   1 minute: TRIGGER:-PT1M, -60 s
#           0 minutes: TRIGGER:-PT, invalid duration value: Not enough duration components in ""
# Callbox:  reads and writes no calendars.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ics@3.12.0 ical.js@2.2.1 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import ICAL from 'ical.js'
import { createEvent } from 'ics'

const seen = []
for (const minutes of [1, 0]) {
  const alarms = [{ action: 'display', description: 'begins', trigger: { minutes, before: true } }]
  const { error, value } = createEvent({ title: 'Call', start: [2027, 3, 10, 9, 0], duration: { hours: 1 }, alarms })
  if (error) throw error
  let read
  try {
    const event = new ICAL.Component(ICAL.parse(value)).getFirstSubcomponent('vevent')
    read = `${event.getFirstSubcomponent('valarm').getFirstPropertyValue('trigger').toSeconds()} s`
  } catch (problem) {
    read = problem.message
  }
  seen.push(`${/TRIGGER.*/.exec(value)[0].trim()}, ${read}`)
  console.log(`${minutes} minute${minutes === 1 ? '' : 's'}: ${seen.at(-1)}`)
}
if (seen[0] !== 'TRIGGER:-PT1M, -60 s' || !seen[1].startsWith('TRIGGER:-PT, invalid')) {
  console.error('changed: -PT, and an error, were expected of 0 minutes')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
