#!/usr/bin/env bash
# Aedes delivers a queued message as a retained one
#
# Software: Aedes 1.2.0 (broker), MQTT.js 5.16.0, MQTT 3.1.1, Node.js 20
# Guess:    A message with the RETAIN flag that arrives while a subscriber with a session is away is delivered when it
#           is back with RETAIN 0, for it matches an established subscription (MQTT-3.3.1-9). Mosquitto 2.0.11 does so.
# Seen:     RETAIN is 0 for a subscriber that is connected, and 1 for one that was away. A device that ignores retained
#           commands ignores a command of just now.
# Output:   while connected: RETAIN 0, QoS 1
#           while away: RETAIN 1, QoS 1
# Callbox:  a retained command is refused, and says so (docs/mqtt.md); it has no session that commands could wait in.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" aedes@1.2.0 mqtt@5.16.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const net = require('node:net')
const mqtt = require('mqtt')
const { Aedes } = require('aedes')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function main () {
  const broker = await Aedes.createBroker()
  const server = net.createServer(broker.handle)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const seen = []

  async function connect (options) {
    const url = `mqtt://127.0.0.1:${server.address().port}`
    const client = mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 0, ...options })
    client.on('message', (topic, payload, packet) => {
      seen.push(`${payload}: RETAIN ${Number(packet.retain)}, QoS ${packet.qos}`)
    })
    await new Promise((resolve) => client.once('connect', resolve))
    return client
  }

  const sender = await connect({ clientId: 'sender' })
  const session = { clientId: 'box', clean: false }
  let box = await connect(session)
  await box.subscribeAsync('box/set', { qos: 1 })
  await sender.publishAsync('box/set', 'while connected', { qos: 1, retain: true })
  await pause(500)
  await box.endAsync()
  await sender.publishAsync('box/set', 'while away', { qos: 1, retain: true })
  box = await connect(session)
  await pause(1000)
  console.log(seen.join('\n'))
  if (seen.join() !== 'while connected: RETAIN 0, QoS 1,while away: RETAIN 1, QoS 1') {
    console.error('changed: RETAIN 0 was expected while connected, and 1 after being away')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
