#!/usr/bin/env bash
# Two parsers of NMEA read a quarter of a second as 25 milliseconds and as none, one a place in whole minutes as 0, 0
#
# Software: extended-nmea 2.1.3, nmea-simple 3.3.0 (npm), Node.js 20
# Guess:    A time is hhmmss with as many decimals as the receiver has: .25 and .250 are the same quarter, .2 a fifth.
#           So are minutes of latitude; where nobody needs decimals, the point may be left out, too (NMEA 0183, field
#           types). Both parsers take a time with or without decimals.
# Seen:     extended-nmea takes two decimals for milliseconds, and refuses one. nmea-simple reads all decimals of GGA,
#           and those of RMC only if there are two; its latitude without a point is 0.
# Output:   .25: extended-nmea 25 ms, nmea-simple 250 ms (RMC) and 250 ms (GGA)
#           .250: extended-nmea 250 ms, nmea-simple 0 ms (RMC) and 250 ms (GGA)
#           .2: extended-nmea an error, nmea-simple 0 ms (RMC) and 200 ms (GGA)
#           4807.0,N,01131.0,E: 48.117, 11.517; 4807,N,01131,E: 0.000, 0.000
# Callbox:  reads no positions.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" extended-nmea@2.1.3 nmea-simple@3.3.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Decoder } = require('extended-nmea')
const { parseNmeaSentence } = require('nmea-simple')

/** The sentence with its $ and its checksum. */
function sentence (fields) {
  const checksum = [...fields].reduce((sum, letter) => sum ^ letter.charCodeAt(0), 0)
  return `$${fields}*${checksum.toString(16).toUpperCase().padStart(2, '0')}`
}

const rmc = time => sentence(`GPRMC,${time},A,4807.038,N,01131.000,E,0.0,84.4,230326,,`)
const gga = (time, place = '4807.038,N,01131.000,E') =>
  sentence(`GPGGA,${time},${place},1,08,0.9,545.4,M,46.9,M,,`)

function extended (time) {
  try {
    return `${Decoder.decode(rmc(time)).time.milliseconds} ms`
  } catch {
    return 'an error'
  }
}

const seen = ['.25', '.250', '.2'].map(fraction => {
  const time = `123519${fraction}`
  const simple = [parseNmeaSentence(rmc(time)).datetime, parseNmeaSentence(gga(time)).time]
  const [first, second] = simple.map(date => `${date.getMilliseconds()} ms`)
  return `${fraction}: extended-nmea ${extended(time)}, nmea-simple ${first} (RMC) and ${second} (GGA)`
})
seen.push(['4807.0,N,01131.0,E', '4807,N,01131,E'].map(place => {
  const { latitude, longitude } = parseNmeaSentence(gga('123519', place))
  return `${place}: ${latitude.toFixed(3)}, ${longitude.toFixed(3)}`
}).join('; '))
console.log(seen.join('\n'))
const expected = [/nmea 25 ms.* 250 ms \(RMC\)/, /nmea 250 ms.* 0 ms \(RMC\)/, /an error.* 0 ms \(RMC\)/, / 0.000$/]
if (!expected.every((pattern, index) => pattern.test(seen[index]))) {
  console.error('changed: 25 ms, 0 ms and an error were expected, and a latitude of 0')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
