#!/usr/bin/env bash
# knx, the npm package, tells a failure of DALI lamp 33 as one of group 1's ballast, and a time of any day as Sunday's
#
# Software: knx 2.5.4 (npm), Node.js 20
# Guess:    The state of a DALI lamp (DPT 237.600) has six bits for the address, "[0,63]" in the package's own words,
#           then one each for group, read, failure of the lamp, of the ballast and of the converter (KNX standard,
#           3/7/2). The day of a time (DPT 10.001) is 1 to 7, Monday to Sunday, or 0, any day.
# Seen:     The address has five bits, and each flag is read and written one place too low. A time of any day is told as
#           that of the last Sunday.
# Output:   failure of lamp 33: address 1, group 1, read 0, lamp 0, ballast 1, converter 0
#           7:30 of any day: 7:30 on day 0 of 0 to 6
# Callbox:  speaks no KNX; an alarm's days are a list of its own (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" knx@2.5.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const datapoints = require('knx/src/dptlib')

const read = (type, ...octets) => datapoints.fromBuffer(Buffer.from(octets), datapoints.resolve(type))

const LAMP_FAILURE = 1 << 8 // Bits 0 to 5: address, 6: group, 7: read, 8: lamp, 9: ballast, 10: converter.
const state = LAMP_FAILURE | 33
const lamp = read('DPT237.600', state >> 8, state & 0xff)
console.log(`failure of lamp 33: address ${lamp.address}, group ${lamp.addresstype}, read ${lamp.readresponse}, ` +
  `lamp ${lamp.lampfailure}, ballast ${lamp.ballastfailure}, converter ${lamp.convertorerror}`)
const time = read('DPT10.001', 7, 30, 0)
console.log(`7:30 of any day: ${time.getHours()}:${time.getMinutes()} on day ${time.getDay()} of 0 to 6`)
if (lamp.address !== 1 || lamp.addresstype !== 1 || lamp.ballastfailure !== 1 || time.getDay() !== 0) {
  console.error('changed: group 1, a failed ballast and a Sunday were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
