#!/usr/bin/env bash
# chrono-node is back in half an hour when it is told two and a half, and in three months when told a quarter of an hour
#
# Software: chrono-node 2.10.3, Node.js 20
# Guess:    With forwardDate, which is for what lies ahead, "in two and a half hours" is 2:30 later, as "in 2.5 hours"
#           is, and "in half an hour" 0:30. What it doesn't understand is an empty list.
# Seen:     It finds "half hours" in it, and gives 0:30 (nothing without forwardDate); "in an hour and a half" is 1:00. In
#           "in a quarter of an hour" it finds "in a quarter", which is June.
# Output:   in 2.5 hours: 11:30 on 10 March, of "in 2.5 hours"
#           in two and a half hours: 09:30 on 10 March, of "half hours"
#           in an hour and a half: 10:00 on 10 March, of "in an hour"
#           in a quarter of an hour: 09:00 on 10 June, of "in a quarter"
# Callbox:  reads no times in words: the bot's model sends a number or a time of day (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" chrono-node@2.10.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const chrono = require('chrono-node')

const seen = []
for (const text of ['in 2.5 hours', 'in two and a half hours', 'in an hour and a half', 'in a quarter of an hour']) {
  const [found] = chrono.parse(text, { instant: new Date('2027-03-10T09:00:00Z'), timezone: 0 }, { forwardDate: true })
  const date = found.date()
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })
  seen.push(date.toISOString().slice(5, 16))
  console.log(`${text}: ${date.toISOString().slice(11, 16)} on ${day}, of "${found.text}"`)
}
if (seen.join() !== '03-10T11:30,03-10T09:30,03-10T10:00,06-10T09:00') {
  console.error('changed: half an hour, an hour and three months were expected')
  process.exit(1)
}
JS
TZ=UTC node "$tmp/run.cjs"
