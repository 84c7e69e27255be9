#!/usr/bin/env bash
# artnet, the npm package, calls the first callback twice and the second one never, and makes key 255 of key 0
#
# Software: artnet 1.4.0 (npm), Node.js 20
# Guess:    set() calls its callback, with an error and a response (README), once each time. trigger() sends the key that
#           it is given: 0 is KeyAscii (Art-Net 4, ArtTrigger).
# Seen:     What is set within 25 ms is sent later, all together: then the callback of the first set() is called again,
#           and no other one: a program that waits for its second call waits forever. A key of 0 is sent as 255.
# Output:   three calls of set(): the callbacks first, first
#           trigger(65535, 71, 0): key 255, subkey 71
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" artnet@1.4.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const dgram = require('dgram')

const OPCODE = 9 // The upper octet of ArtDmx (0x50) and ArtTrigger (0x99).
const called = []
const packets = []
const node = dgram.createSocket('udp4')
node.on('message', (packet) => {
  packets.push(packet)
  endIfDone()
})
let artnet
node.bind(0, '127.0.0.1', () => {
  artnet = require('artnet')({ host: '127.0.0.1', port: node.address().port })
  const channels = ['first', 'second', 'third']
  channels.forEach((name, channel) => artnet.set(channel + 1, 255, () => {
    called.push(name)
    endIfDone()
  }))
  artnet.trigger(65535, 71, 0)
})

/** The first set() is a packet, the trigger is one, and so are the other two together. */
function endIfDone () {
  if (packets.length < 3 || called.length < 2) return
  artnet.close()
  node.close()
  console.log(`three calls of set(): the callbacks ${called.join(', ')}`)
  const trigger = packets.find(packet => packet[OPCODE] === 0x99)
  console.log(`trigger(65535, 71, 0): key ${trigger[16]}, subkey ${trigger[17]}`)
  if (called.join() !== 'first,first' || trigger[16] !== 255) {
    console.error('changed: the first callback twice and key 255 were expected')
    process.exitCode = 1
  }
}
JS
node --no-deprecation "$tmp/run.cjs"
