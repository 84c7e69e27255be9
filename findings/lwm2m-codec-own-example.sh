#!/usr/bin/env bash
# lwm2m-codec makes text of the voltages in LwM2M's own example, 2.8 of 21.5, and can't write 128
#
# Software: lwm2m-codec 0.1.1 (npm), Node.js 20
# Guess:    The example of a whole Device in TLV has voltages of 3800 and 5000 mV, resource 7 with two instances (OMA
#           Lightweight M2M 1.0, 6.4.3). A float has four or eight octets, an integer one, two, four or eight with a
#           sign (appendix C): 128 needs two.
# Seen:     An instance of a resource is read as if its own number were that of a resource: 0 and 1 are maker and model,
#           which are texts. Of a float the first four octets are read. The sign isn't counted in the length of an
#           integer, so 128 to 255, and 32768 to 65535, are RangeErrors; -5000000000 comes back as another number.
# Output:   voltages of the example: text, text
#           21.5 in four octets: 21.5, in eight: 2.8359375
#           127: 127; 128: RangeError; 256: 256; -5000000000: -9294967296
# Callbox:  speaks no LwM2M; its state is JSON over MQTT (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" lwm2m-codec@0.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const codec = require('lwm2m-codec')

const VOLTAGES = '88 07 08 42 00 0E D8 42 01 13 88' // of the example
const LIFETIME = '/1/0/1'
const SENSOR_VALUE = '/3303/0/5700'

function again (number) {
  try {
    return codec.decode('tlv', LIFETIME, codec.encode('tlv', LIFETIME, number))
  } catch (error) {
    return error.name
  }
}

const device = codec.decode('tlv', '/3/0', Buffer.from(VOLTAGES.replaceAll(' ', ''), 'hex'))
const voltages = Object.values(device.pwrSrcVoltage).map(value => typeof value === 'string' ? 'text' : value)
console.log(`voltages of the example: ${voltages.join(', ')}`)
const single = Buffer.from([0xE4, 0x16, 0x44, 0, 0, 0, 0])
single.writeFloatBE(21.5, 3)
const double = Buffer.from([0xE8, 0x16, 0x44, 8, 0, 0, 0, 0, 0, 0, 0, 0])
double.writeDoubleBE(21.5, 4)
const floats = [single, double].map(octets => codec.decode('tlv', SENSOR_VALUE, octets))
console.log(`21.5 in four octets: ${floats[0]}, in eight: ${floats[1]}`)
const numbers = [127, 128, 256, -5000000000].map(number => `${number}: ${again(number)}`)
console.log(numbers.join('; '))
if (`${voltages}` !== 'text,text' || floats[1] === 21.5 || !numbers[1].includes('RangeError')) {
  console.error('changed: texts, another number than 21.5 and a RangeError were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
