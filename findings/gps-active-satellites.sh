#!/usr/bin/env bash
# gps, the npm package, has no active satellites of receivers before NMEA 4.10, and Newfoundland's clock an hour ahead
#
# Software: gps 0.9.0 (GPS.js), Node.js 20
# Guess:    GSA lists the satellites that are used. "Depending on the received sentences, state may contain [...] active
#           satellite IDs" (README), and Parse() returns them. A system identifier stands behind them since NMEA 4.10
#           only. ZDA's minutes of the time zone have the same sign as its hours (NMEA 0183, ZDA), so -03,-30 is three
#           and a half hours. A signal identifier is hexadecimal (NMEA 4.11, GSV): BeiDou's B2I is B.
# Seen:     update() keeps the satellites by their system identifier, and those without one nowhere: the state has a fix
#           in three dimensions by no satellite. The minutes are added to the absolute hours before the sign.
# Output:   parsed without a system: 4, 5, 9, 12; the state: none, 3D
#           parsed with system 1: 4, 5, 9, 12; the state: 4, 5, 9, 12, 3D
#           zone -03,-30: -150 min; zone 05,30: 330 min
#           signal 1: 1; signal B: NaN
# Callbox:  reads no positions.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" gps@0.9.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const GPS = require('gps')

const GSA = 'GPGSA,A,3,04,05,09,12,,,,,,,,,2.5,1.3,2.1'

/** The sentence with its $ and its checksum. */
function sentence (fields) {
  const checksum = [...fields].reduce((sum, letter) => sum ^ letter.charCodeAt(0), 0)
  return `$${fields}*${checksum.toString(16).toUpperCase().padStart(2, '0')}`
}

const seen = []
for (const [words, fields] of [['without a system', GSA], ['with system 1', `${GSA},1`]]) {
  const gps = new GPS()
  gps.update(sentence(fields))
  const { satsActive, fix } = gps.state
  const parsed = GPS.Parse(sentence(fields)).satellites
  seen.push(satsActive.length)
  console.log(`parsed ${words}: ${parsed.join(', ')}; the state: ${satsActive.join(', ') || 'none'}, ${fix}`)
}
const zones = ['-03,-30', '05,30'].map(zone => {
  seen.push(GPS.Parse(sentence(`GPZDA,160012.71,11,03,2004,${zone}`)).offsetMin)
  return `zone ${zone}: ${seen.at(-1)} min`
})
console.log(zones.join('; '))
const signals = ['1', 'B'].map(signal => {
  seen.push(GPS.Parse(sentence(`GBGSV,1,1,01,05,58,322,36,${signal}`)).signalId)
  return `signal ${signal}: ${seen.at(-1)}`
})
console.log(signals.join('; '))
if (`${seen}` !== '0,4,-150,330,1,NaN') {
  console.error('changed: no satellite and -150 min were expected, then NaN')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
