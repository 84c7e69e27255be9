#!/usr/bin/env bash
# xmlrpc and homematic-xmlrpc, by which programs speak to a HomeMatic central, are an hour wrong in India
#
# Software: xmlrpc 1.3.2, homematic-xmlrpc 2.0.0 (npm), Node.js 20
# Guess:    A dateTime.iso8601 without an offset is a time of the own zone: the decoder adds "the current timezone", and
#           what it reads it writes the same. India is 5:30 hours before UTC, Newfoundland 3:30 behind.
# Seen:     JavaScript tells the offset of India as -330 minutes, of which floor(-330 / 60) is -6, and the rest -30: the
#           offset is +06:30. So it is in all zones east of Greenwich that aren't whole hours.
# Output:   Europe/Berlin: 07:30 is read and written as 07:30; noon in UTC is 13:00:00+01:00
#           America/St_Johns: 07:30 is read and written as 07:30; noon in UTC is 08:30:00-03:30
#           Asia/Kolkata: 07:30 is read and written as 06:30; noon in UTC is 17:30:00+06:30
# Callbox:  speaks no XML-RPC; its times are UTC (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" xmlrpc@1.3.2 homematic-xmlrpc@2.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const formatters = ['xmlrpc', 'homematic-xmlrpc'].map(name => require(name).dateFormatter)

const NOON = new Date('2026-11-30T12:00:00Z')
const SEEN = {
  'Europe/Berlin': '07:30 13:00:00+01:00',
  'America/St_Johns': '07:30 08:30:00-03:30',
  'Asia/Kolkata': '06:30 17:30:00+06:30'
}

for (const [zone, expected] of Object.entries(SEEN)) {
  process.env.TZ = zone
  const seen = formatters.map(formatter => {
    formatter.setOpts()
    const again = formatter.encodeIso8601(formatter.decodeIso8601('20261130T07:30:00'))
    formatter.setOpts({ offset: true })
    return [again.slice(9, 14), formatter.encodeIso8601(NOON).slice(9)]
  })
  const [[again, noon]] = seen
  console.log(`${zone}: 07:30 is read and written as ${again}; noon in UTC is ${noon}`)
  if (seen.some(texts => texts.join(' ') !== expected)) {
    console.error(`changed: ${expected} was expected of both`)
    process.exit(1)
  }
}
JS
node "$tmp/run.cjs"
