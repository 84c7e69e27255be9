#!/usr/bin/env bash
# sparkplug-payload can't decode a table of integers that it has encoded itself
#
# Software: sparkplug-payload 1.0.3 (npm), Node.js 20
# Guess:    decodePayload() gives back what encodePayload() was given: a DataSet may have columns of each basic type
#           (Sparkplug 3.0, chapter 6), which the package takes when it encodes.
# Seen:     A column of Int8, Int16, Int32, UInt8, UInt16, UInt64, DateTime or Text raises an Error, and one message
#           less is there, whatever else is in it. An Int64 of -3 is 18446744073709551613. A metric that is no table is
#           right.
# Output:   a metric: Int8 -3, Int32 -3, Int64 -3
#           a column: Int64 18446744073709551613, UInt32 3, Float 3, Double 3, Boolean true, String 3
#           errors: Int8, Int16, Int32, UInt8, UInt16, UInt64, DateTime, Text
# Callbox:  publishes JSON by MQTT, no Sparkplug (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sparkplug-payload@1.0.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { encodePayload, decodePayload } = require('sparkplug-payload').get('spBv1.0')

/** The value of a metric that was encoded and decoded again. */
const again = (type, value) =>
  decodePayload(encodePayload({ timestamp: 1, seq: 0, metrics: [{ name: 'box', type, value }] })).metrics[0].value

const metrics = ['Int8', 'Int32', 'Int64'].map((type) => `${type} ${again(type, -3)}`).join(', ')
const columns = []
const errors = []
for (const [type, value] of [['Int8', 3], ['Int16', 3], ['Int32', 3], ['Int64', -3], ['UInt8', 3], ['UInt16', 3],
  ['UInt32', 3], ['UInt64', 3], ['Float', 3], ['Double', 3], ['Boolean', true], ['String', '3'], ['DateTime', 3],
  ['Text', '3']]) {
  try {
    const table = again('DataSet', { numOfColumns: 1, columns: ['volume'], types: [type], rows: [[value]] })
    columns.push(`${type} ${table.rows[0][0]}`)
  } catch (error) {
    errors.push(type)
  }
}
console.log('a metric:', metrics)
console.log('a column:', columns.join(', '))
console.log('errors:', errors.join(', '))
if (errors.length !== 8 || columns[0] !== 'Int64 18446744073709551613') {
  console.error('changed: eight errors and a large number were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
