#!/usr/bin/env bash
# mqtt-pattern and mqtt-regex don't let + match an empty level
#
# Software: mqtt-pattern 2.1.1, mqtt-regex 1.1.0, mqtt-match 3.0.0, Node.js 20
# Guess:    A level may be empty, and + stands for any one level: "+/+" matches "/finance" (the example of MQTT 5,
#           section 4.7.1.3). So a message that the broker delivers for a subscription is found by the same filter.
# Seen:     Neither finds it, in front, in the middle or at the end: the message is dropped where it is handed on.
#           mqtt-match finds all three.
# Output:   +/+ and /finance: mqtt-pattern false, mqtt-regex false, mqtt-match true
#           box/+/state and box//state: mqtt-pattern false, mqtt-regex false, mqtt-match true
#           box/+ and box/: mqtt-pattern false, mqtt-regex false, mqtt-match true
#           box/+ and box/state: mqtt-pattern true, mqtt-regex true, mqtt-match true
# Callbox:  no level of its topics is empty (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-pattern@2.1.1 mqtt-regex@1.1.0 \
  mqtt-match@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const pattern = require('mqtt-pattern')
const compile = require('mqtt-regex')
const match = require('mqtt-match')

const seen = []
const CASES = [['+/+', '/finance'], ['box/+/state', 'box//state'], ['box/+', 'box/'], ['box/+', 'box/state']]
for (const [filter, topic] of CASES) {
  const row = [pattern.matches(filter, topic), Boolean(compile(filter).exec(topic)), match(filter, topic)]
  console.log(`${filter} and ${topic}: mqtt-pattern ${row[0]}, mqtt-regex ${row[1]}, mqtt-match ${row[2]}`)
  seen.push(...row)
}
if (seen.join() !== 'false,false,true,false,false,true,false,false,true,true,true,true') {
  console.error('changed: no match of an empty level was expected of the first two')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
