#!/usr/bin/env bash
# sparkplug-client tells two bdSeq in its second birth, three in the third, and each of them is 0
#
# Software: sparkplug-client 3.2.4, sparkplug-payload 1.0.3, aedes 1.2.0 (npm), Node.js 20
# Guess:    At each connection it emits "birth", upon which the program publishes the payload that it has, as the README
#           does. bdSeq is in it once, begins with 0, and is one more with each CONNECT (Sparkplug 3.0,
#           tck-id-topics-nbirth-bdseq-increment), so that a host can tell to which birth a death belongs.
# Seen:     publishNodeBirth() appends bdSeq to the program's own list of metrics, so each further birth has one more.
#           Nothing ever counts it up: a death that comes late is taken for that of the connection which has begun
#           since.
# Output:   NBIRTH: volume=7 bdSeq=0
#           NDEATH: bdSeq=0
#           NBIRTH: volume=7 bdSeq=0 bdSeq=0
#           NDEATH: bdSeq=0
#           NBIRTH: volume=7 bdSeq=0 bdSeq=0 bdSeq=0
# Callbox:  publishes JSON by MQTT, no Sparkplug (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sparkplug-client@3.2.4 sparkplug-payload@1.0.3 aedes@1.2.0 \
  > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import net from 'node:net'
import { Aedes } from 'aedes'
import sparkplugClient from 'sparkplug-client'
import sparkplugPayload from 'sparkplug-payload'

const broker = await Aedes.createBroker()
const server = net.createServer(broker.handle)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const birth = { timestamp: 1, metrics: [{ name: 'volume', type: 'Int32', value: 7 }] }
const seen = []
const births = () => seen.filter((line) => line.startsWith('NBIRTH'))
broker.on('publish', ({ topic, payload }) => {
  const [namespace, , type] = topic.split('/')
  if (namespace !== 'spBv1.0') return
  const { metrics } = sparkplugPayload.get('spBv1.0').decodePayload(payload)
  seen.push(`${type}: ${metrics.map(({ name, value }) => `${name}=${value}`).join(' ')}`)
  console.log(seen.at(-1))
  if (type !== 'NBIRTH') return
  if (births().length < 3) Object.values(broker.clients).forEach((client) => client.conn.destroy())
  else end()
})

const client = sparkplugClient.newClient({
  serverUrl: `mqtt://127.0.0.1:${server.address().port}`,
  username: '',
  password: '',
  groupId: 'house',
  edgeNode: 'box',
  clientId: 'box',
  mqttOptions: { reconnectPeriod: 100 },
})
client.on('birth', () => client.publishNodeBirth(birth))

function end() {
  const expected = [1, 2, 3].map((count) => `NBIRTH: volume=7${' bdSeq=0'.repeat(count)}`)
  const changed = births().join('|') !== expected.join('|')
  if (changed) console.error('changed: one more bdSeq of 0 with each birth was expected')
  process.exit(changed ? 1 : 0)
}
JS
timeout 120 node "$tmp/run.mjs"
