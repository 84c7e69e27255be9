#!/usr/bin/env bash
# homie-device retains the first value of a property only, and stays "ready" after its end
#
# Software: homie-device 3.0.1, aedes 1.2.0 (broker), mqtt 5.16.0 (npm), Node.js 20
# Guess:    Who connects later finds the last value of a property, which the device calls retained ($retained true,
#           Homie 3.0.1), and the state "disconnected" of a device that has ended. A property can be set below each
#           base_topic that the configuration takes.
# Seen:     The first send() switches the flag off: whoever comes later finds the first value for ever. end() publishes
#           "disconnected" without the flag, so the retained "ready" stays. With a base_topic of two levels no property
#           can be set, since the device looks for its name in the second level.
# Output:   volume 50, then 60; ended: found volume 50, $state ready
#           set below homie/: called, below home/homie/: not called
# Callbox:  publishes each state retained, and "offline" at its end (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" homie-device@3.0.1 aedes@1.2.0 mqtt@5.16.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const net = require('node:net')
const mqtt = require('mqtt')
const { Aedes } = require('aedes')
const HomieDevice = require('homie-device')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function main () {
  const broker = await Aedes.createBroker()
  const server = net.createServer(broker.handle)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()

  /** A device with a volume, and whether it was set. */
  async function start (baseTopic) {
    const device = new HomieDevice({ device_id: 'box', mqtt: { host: '127.0.0.1', port, base_topic: baseTopic } })
    const result = { device, node: device.node('sound', 'Sound', 'loudspeaker'), set: 'not called' }
    result.node.advertise('volume').setName('Volume').setDatatype('integer').settable(() => { result.set = 'called' })
    device.setup(true)
    await new Promise((resolve) => device.once('connect', resolve))
    await pause(500)
    return result
  }

  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0 })
  await new Promise((resolve) => client.once('connect', resolve))
  const found = {}
  client.on('message', (topic, payload) => { found[topic] = String(payload) })

  const deep = await start('home/homie/')
  await client.publishAsync('home/homie/box/sound/volume/set', '70', { qos: 1 })
  const box = await start('homie/')
  await client.publishAsync('homie/box/sound/volume/set', '70', { qos: 1 })
  box.node.setProperty('volume').send('50')
  box.node.setProperty('volume').send('60')
  await pause(500)
  box.device.end()
  await pause(500)
  await client.subscribeAsync('homie/box/#', { qos: 1 })
  await pause(500)
  const seen = [found['homie/box/sound/volume'], found['homie/box/$state'], box.set, deep.set]
  console.log(`volume 50, then 60; ended: found volume ${seen[0]}, $state ${seen[1]}`)
  console.log(`set below homie/: ${seen[2]}, below home/homie/: ${seen[3]}`)
  if (String(seen) !== '50,ready,called,not called') {
    console.error('changed: 50, ready, and one property that can be set were expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node --no-deprecation "$tmp/run.cjs"
