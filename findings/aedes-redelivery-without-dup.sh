#!/usr/bin/env bash
# Aedes delivers a message again without the DUP flag
#
# Software: Aedes 1.2.0 (broker), mqtt-packet 9.0.2, MQTT 3.1.1, Node.js 20
# Guess:    A message of QoS 1 that a client with a session got but didn't acknowledge before its connection was lost
#           comes again when it is back, with DUP 1 (MQTT-3.3.1-1). Mosquitto 2.0.11 does so.
# Seen:     It comes again with DUP 0, under the same packet identifier. A client that carries out a command once, and
#           one that is told again only if it didn't yet, can't tell it from a second command.
# Output:   first: mute, QoS 1, DUP 0
#           again: mute, QoS 1, DUP 0
# Callbox:  has no session, so nothing is delivered again to it.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" aedes@1.2.0 mqtt-packet@9.0.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const net = require('node:net')
const packets = require('mqtt-packet')
const { Aedes } = require('aedes')

// A client of packets: what it is sent, in order.
function connect (port, options) {
  const socket = net.connect(port, '127.0.0.1')
  const parser = packets.parser()
  const received = []
  const waiting = []
  parser.on('packet', (packet) => waiting.length ? waiting.shift()(packet) : received.push(packet))
  socket.on('data', (data) => parser.parse(data))
  const client = {
    socket,
    send: (packet) => socket.write(packets.generate(packet)),
    next: () => received.length ? received.shift() : new Promise((resolve) => waiting.push(resolve))
  }
  client.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, keepalive: 60, ...options })
  return client
}

async function main () {
  const broker = await Aedes.createBroker()
  const server = net.createServer(broker.handle)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()

  const first = connect(port, { clientId: 'box', clean: false })
  await first.next() // CONNACK
  first.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'box/set', qos: 1 }] })
  await first.next() // SUBACK
  const sender = connect(port, { clientId: 'sender', clean: true })
  await sender.next()
  sender.send({ cmd: 'publish', messageId: 1, topic: 'box/set', payload: 'mute', qos: 1 })
  const before = await first.next()
  first.socket.destroy() // without PUBACK
  await new Promise((resolve) => setTimeout(resolve, 500))

  const second = connect(port, { clientId: 'box', clean: false })
  const { sessionPresent } = await second.next()
  const again = await second.next()
  for (const [name, packet] of [['first', before], ['again', again]]) {
    console.log(`${name}: ${packet.payload}, QoS ${packet.qos}, DUP ${Number(packet.dup)}`)
  }
  if (!sessionPresent || before.messageId !== again.messageId || again.dup) {
    console.error('changed: the same message without DUP was expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
