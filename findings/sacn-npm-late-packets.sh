#!/usr/bin/env bash
# sacn, the npm package, hands out packets that are late, drops the one behind a gap, and makes 100 of priority 0
#
# Software: sacn 4.6.2 (npm), Node.js 20
# Guess:    A packet whose number is 0 to 19 behind the last one is late, and is dropped; any other is handed out, also
#           behind a gap, and modulo 256 (ANSI E1.31, 6.7.2). Priorities are 0 to 200, 0 the lowest (6.2.3).
# Seen:     It is the other way round: a late packet is handed out, so that LEDs go back to an older colour, and what
#           comes behind a gap of more than 20 is dropped as "significantly out of order", so is what is near behind 255
#           when 255 itself was lost. A source with priority 0 sends 100, and is mixed with those that have 100.
# Output:   1 2 3 2 1 4: 1 2 3 2 1 4
#           5 50 51: 5 51
#           253 254 0 1: 253 254 1
#           253 254 255 0 1: 253 254 255 0 1
#           priority 0 is sent as 100
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sacn@4.6.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { createSocket } = require('node:dgram')
const { once } = require('node:events')
const { Packet, Receiver } = require('sacn')

const LAST = 200

/** The numbers of the packets that are handed out, of those that are sent, each by a source of its own. */
async function received (numbers, cid) {
  const receiver = new Receiver({ universes: [1], port: 0 })
  receiver.on('error', () => {}) // no multicast is needed here
  await once(receiver.socket, 'listening')
  const told = []
  const done = new Promise((resolve) => receiver.on('packet', ({ universe, sequence, sourceName }) => {
    if (sourceName === 'end') resolve()
    else told.push(sequence)
  }))
  const socket = createSocket('udp4')
  const send = (sequence, source, sourceName) => new Promise((resolve) => {
    const cid = Buffer.alloc(16, source)
    const { buffer } = new Packet({ universe: 1, payload: { 1: 100 }, sequence, sourceName, cid })
    socket.send(buffer, receiver.socket.address().port, '127.0.0.1', resolve)
  })
  for (const number of numbers) await send(number, cid, 'desk')
  await send(LAST, 99, 'end')
  await done
  receiver.close()
  socket.close()
  return told.join(' ')
}

async function main () {
  const seen = []
  for (const numbers of [[1, 2, 3, 2, 1, 4], [5, 50, 51], [253, 254, 0, 1], [253, 254, 255, 0, 1]]) {
    seen.push(await received(numbers, seen.length + 1))
    console.log(`${numbers.join(' ')}: ${seen.at(-1)}`)
  }
  const { buffer } = new Packet({ universe: 1, payload: {}, sequence: 0, priority: 0 })
  console.log('priority 0 is sent as', buffer[108])
  if (seen.join() !== '1 2 3 2 1 4,5 51,253 254 1,253 254 255 0 1' || buffer[108] !== 100) {
    console.error('changed: late packets, gaps of one packet, and priority 100 were expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
