#!/usr/bin/env bash
# mqtt-jsonl-store, which keeps MQTT.js' messages over a restart, gives back octets that MQTT.js can't send
#
# Software: mqtt-jsonl-store 0.3.1, mqtt-packet 9.0.2 (npm), Node.js 20
# Guess:    A message that wasn't acknowledged before a restart is in the store after it as it was, so that it is sent
#           again: topic, QoS and payload, which is a text or a Buffer, as publish() of MQTT.js takes it.
# Seen:     A Buffer comes back as what JSON makes of it, an object with a list of numbers. mqtt-packet raises TypeError
#           for it. A text is right, and before the restart each is.
# Output:   before the restart: on is a text, 00ff is a Buffer
#           after it: on is a text, [object Object] is an object
#           sent again: on: 11 octets, 00ff: TypeError
# Callbox:  keeps no messages over a restart; it publishes its states anew (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-jsonl-store@0.3.1 mqtt-packet@9.0.2 > "$tmp/npm.log"
mkdir "$tmp/store"
cat > "$tmp/run.cjs" <<'JS'
const { generate } = require('mqtt-packet')
const { Manager } = require('mqtt-jsonl-store')

const MESSAGES = [[1, 'on'], [2, Buffer.from([0, 0xff])]]
const done = (call) => new Promise((resolve, reject) => {
  call((error, value) => error ? reject(error) : resolve(value))
})
const kind = (payload) => {
  const text = Buffer.isBuffer(payload) ? payload.toString('hex') : String(payload)
  return `${text} is ${Buffer.isBuffer(payload) ? 'a Buffer' : typeof payload === 'string' ? 'a text' : 'an object'}`
}

/** The messages that are in the store. */
const stored = ({ outgoing }) => Promise.all(MESSAGES.map(([messageId]) =>
  done((callback) => outgoing.get({ messageId }, callback))))

async function main () {
  let manager = new Manager(`${__dirname}/store`)
  await manager.open()
  for (const [messageId, payload] of MESSAGES) {
    const packet = { cmd: 'publish', messageId, topic: 'box', payload, qos: 1, retain: false, dup: false }
    await done((callback) => manager.outgoing.put(packet, callback))
  }
  const before = (await stored(manager)).map(({ payload }) => kind(payload))
  await manager.close()
  manager = new Manager(`${__dirname}/store`)
  await manager.open()
  const packets = await stored(manager)
  const after = packets.map(({ payload }) => kind(payload))
  const sent = packets.map((packet) => {
    try {
      return `${generate(packet).length} octets`
    } catch (error) {
      return error.name
    }
  })
  await manager.close()
  console.log('before the restart:', before.join(', '))
  console.log('after it:', after.join(', '))
  console.log(`sent again: on: ${sent[0]}, 00ff: ${sent[1]}`)
  if (!before[1].endsWith('a Buffer') || !after[1].endsWith('an object') || sent[1].endsWith('octets')) {
    console.error('changed: an object in place of a Buffer was expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
