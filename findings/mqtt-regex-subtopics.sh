#!/usr/bin/env bash
# mqtt-regex finds boxer/state in box/#
#
# Software: mqtt-regex 1.1.0, Node.js 20
# Guess:    "box/#" means box and the levels below it; its # stands for levels behind a slash (MQTT 5, section 4.7.1.2).
# Seen:     The slash in front of the # is optional, and whatever follows is taken: boxer/state and box2 match, too. A
#           program that keeps one handler for each box calls box 1's for box 10 to 19, with "0/state" as the topic
#           below it.
# Output:   box1/# takes box1: true
#           box1/# takes box1/state: true
#           box1/# takes box10/state: true, +rest: 0/state
#           box1/# takes box2/state: false
# Callbox:  its filters end in a level (`DEVICE-ID/request/+`); the default device ids have one length, so that none
#           begins with another.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-regex@1.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const compile = require('mqtt-regex')

const pattern = compile('box1/#rest')
const seen = {}
for (const topic of ['box1', 'box1/state', 'box10/state', 'box2/state']) {
  const found = pattern.exec(topic)
  seen[topic] = Boolean(found)
  const rest = topic === 'box10/state' && found ? `, +rest: ${found.rest.join('/')}` : ''
  console.log(`box1/# takes ${topic}: ${Boolean(found)}${rest}`)
}
if (JSON.stringify(Object.values(seen)) !== '[true,true,true,false]') {
  console.error('changed: box10/state was expected in box1/#')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
