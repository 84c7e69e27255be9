#!/usr/bin/env bash
# mqtt-store has neither of the two methods of its documentation, and ends a topic filter at an empty level
#
# Software: mqtt-store 2.1.0 (npm), Node.js 20
# Guess:    store.set() stores a value and store.match() finds the filters of a topic, as in the README. A level of a
#           topic may have no characters, and + matches such a level (MQTT 3.1.1, 4.7.1.3 and 4.7.3): /+ is /state, and
#           box//state is itself.
# Seen:     The methods are put() and findPatterns(). findMatching() takes an empty level for the filter's end: /+ finds
#           nothing, and box//state finds box. findPatterns(), the other way around, knows empty levels.
# Output:   set: undefined, match: undefined
#           findMatching('/+'): none
#           findMatching('box//state'): box
#           findMatching('+/state'): /state
#           findPatterns('/state'): /+
# Callbox:  Mosquitto compares its topics, and no topic of its own has an empty level (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-store@2.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const MQTTStore = require('mqtt-store')

const topics = new MQTTStore()
for (const topic of ['box', 'box//state', '/state']) topics.put(topic, 1)
const filters = new MQTTStore()
filters.put('/+', 1)

const seen = []
console.log(`set: ${typeof topics.set}, match: ${typeof topics.match}`)
for (const [store, method, words] of [
  [topics, 'findMatching', '/+'],
  [topics, 'findMatching', 'box//state'],
  [topics, 'findMatching', '+/state'],
  [filters, 'findPatterns', '/state'],
]) {
  seen.push(store[method](words).map((result) => result.key).join(', ') || 'none')
  console.log(`${method}('${words}'): ${seen.at(-1)}`)
}
if (topics.set || topics.match || seen.join('|') !== 'none|box|/state|/+') {
  console.error('changed: no topic with an empty level was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
