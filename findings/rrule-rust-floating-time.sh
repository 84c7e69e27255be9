#!/usr/bin/env bash
# rrule-rust refuses an alarm at 7:30 local time, and leaves out the start of one that comes again on other dates
#
# Software: rrule-rust 3.1.1, Node.js 20
# Guess:    A time without UTC and without TZID is local time, wherever one is (RFC 5545, section 3.3.5, form 1): an
#           alarm at 7:30. TZID's value may be quoted (section 3.1). The start counts beside the dates of RDATE.
# Seen:     Only times of UTC, or with a TZID without quotes, are read. With RDATE alone the first date is missing.
# Output:   DTSTART:20261130T073000, daily: Error: TZID is requred for non-UTC DTSTART
#           DTSTART;TZID="Europe/Berlin":20261130T073000, daily: Error: Invalid timezone: "Europe/Berlin"
#           DTSTART;TZID=Europe/Berlin:20261130T073000, daily: 20261130T073000, 20261201T073000
#           DTSTART;TZID=Europe/Berlin:20261130T073000, RDATE 2 December: 20261202T073000
# Callbox:  has its alarms at a local time, once or on weekdays, without RRULE (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" rrule-rust@3.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RRuleSet } = require('rrule-rust')

const DAILY = ['daily', 'RRULE:FREQ=DAILY;COUNT=2']
const RDATE = ['RDATE 2 December', 'RDATE;TZID=Europe/Berlin:20261202T073000']
const BERLIN = 'DTSTART;TZID=Europe/Berlin:20261130T073000'
const seen = []
for (const [start, [name, rule]] of [
  ['DTSTART:20261130T073000', DAILY], ['DTSTART;TZID="Europe/Berlin":20261130T073000', DAILY], [BERLIN, DAILY],
  [BERLIN, RDATE]
]) {
  try {
    seen.push(RRuleSet.fromString(`${start}\n${rule}`).all().join(', '))
  } catch (error) {
    seen.push(String(error))
  }
  console.log(`${start}, ${name}: ${seen.at(-1)}`)
}
if (!seen[0].startsWith('Error') || !seen[1].startsWith('Error') || seen[3] !== '20261202T073000') {
  console.error('changed: two errors, and 2 December alone, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
