#!/usr/bin/env bash
# Aedes delivers with QoS 0 what another subscription of the client has with QoS 1
#
# Software: Aedes 1.2.0, MQTT.js 5.16.0, MQTT 3.1.1, Node.js 20
# Guess:    Of several subscriptions of one client that match a topic the highest QoS counts (MQTT-3.3.5-1): with
#           "box/#" at QoS 0 and "box/+" at QoS 1 a message of QoS 1 comes with QoS 1.
# Seen:     It comes once, with the QoS of "box/#", in whichever order they were subscribed. A display that watches
#           everything with QoS 0 may lose, on a bad network, what it has subscribed to with QoS 1 besides.
# Output:   box/# with QoS 0, then box/+ with QoS 1: message of QoS 1 comes with QoS 0
#           box/+ with QoS 1, then box/# with QoS 0: message of QoS 1 comes with QoS 0
#           box/# with QoS 1, then box/+ with QoS 0: message of QoS 1 comes with QoS 1
#           box/+ with QoS 0, then box/# with QoS 1: message of QoS 1 comes with QoS 1
# Callbox:  its subscriptions don't overlap.
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

async function delivered (...subscriptions) {
  const subscriber = await mqtt.connectAsync(url)
  for (const [filter, qos] of subscriptions) await subscriber.subscribeAsync(filter, { qos })
  const messages = []
  const ended = new Promise((resolve) => {
    subscriber.on('message', (topic, payload, packet) => topic === 'end' ? resolve() : messages.push(packet.qos))
  })
  await subscriber.subscribeAsync('end', { qos: 1 })
  const publisher = await mqtt.connectAsync(url)
  await publisher.publishAsync('box/state', 'on', { qos: 1 })
  await publisher.publishAsync('end', '1', { qos: 1 })
  await ended
  await Promise.all([subscriber.endAsync(), publisher.endAsync()])
  return messages
}

const seen = []
for (const [first, second] of [[['box/#', 0], ['box/+', 1]], [['box/+', 1], ['box/#', 0]],
  [['box/#', 1], ['box/+', 0]], [['box/+', 0], ['box/#', 1]]]) {
  seen.push(await delivered(first, second))
  console.log(`${first[0]} with QoS ${first[1]}, then ${second[0]} with QoS ${second[1]}: message of QoS 1 comes with QoS`,
    seen.at(-1).join(' and '))
}
if (seen.join('|') !== '0|0|1|1') {
  console.error('changed: the QoS of box/# was expected')
  process.exit(1)
}
process.exit(0)
JS
node "$tmp/run.mjs"
