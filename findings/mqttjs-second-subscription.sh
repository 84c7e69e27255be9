#!/usr/bin/env bash
# MQTT.js doesn't send a subscription that it has already
#
# Software: MQTT.js 5.16.0, Aedes 1.2.0, MQTT 3.1.1, Node.js 20
# Guess:    Subscribing again makes the broker send the retained messages again (MQTT 3.1.1, section 3.8.4), which is
#           how a page asks for the present state; subscribeAsync() tells the granted QoS, as the first time.
# Seen:     Nothing is sent: the promise resolves at once with an empty list, and no retained message comes. It is sent
#           again with a higher QoS only, or after unsubscribing. A broker that has dropped the subscription meanwhile
#           isn't noticed either.
# Output:   first: granted [{"topic":"box/state","qos":1}], retained messages 1
#           again: granted [], retained messages 0
#           with QoS 2: granted [{"topic":"box/state","qos":2}], retained messages 1
# Callbox:  uses paho-mqtt, which sends each one.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" aedes@1.2.0 mqtt@5.16.0 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import net from 'node:net'
import { Aedes } from 'aedes'
import mqtt from 'mqtt'

const broker = await Aedes.createBroker()
const server = net.createServer(broker.handle)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `mqtt://127.0.0.1:${server.address().port}`

const client = await mqtt.connectAsync(url)
let retained = 0
client.on('message', (topic, payload, packet) => { retained += packet.retain ? 1 : 0 })
await client.publishAsync('box/state', 'on', { qos: 1, retain: true })

async function subscribed (qos) {
  retained = 0
  const granted = await client.subscribeAsync('box/state', { qos })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  return { granted: granted.map(({ topic, qos }) => ({ topic, qos })), retained }
}

const seen = { first: await subscribed(1), again: await subscribed(1), 'with QoS 2': await subscribed(2) }
for (const [name, { granted, retained }] of Object.entries(seen)) {
  console.log(`${name}: granted ${JSON.stringify(granted)}, retained messages ${retained}`)
}
const counts = Object.values(seen).map(({ granted, retained }) => `${granted.length} ${retained}`)
if (counts.join('|') !== '1 1|0 0|1 1') {
  console.error('changed: an empty list and no message were expected of the second subscription')
  process.exit(1)
}
process.exit(0)
JS
node "$tmp/run.mjs"
