#!/usr/bin/env bash
# improv-wifi-serial-sdk never gets the name of a device when it has seven letters, as callbox has
#
# Software: improv-wifi-serial-sdk 2.8.1 (npm, bundled by esbuild 0.28.2), Node.js 20
# Guess:    A web page sets up a device by Improv over a serial port, and asks for its host name: the answer is a packet
#           with a version, a type, a length and the name (Improv via Serial, RPC Result). Which octets these are is all
#           the same, since a packet is known by its head IMPROV and its length.
# Seen:     Within the first nine octets of a packet, 10 is taken for the end of a line, also where it is the length:
#           the packet is dropped, and getHostname() ends by its timeout. A name of seven letters has the length 10.
# Output:   callbo: callbo
#           callbox: TIMEOUT
#           callbox1: callbox1
# Callbox:  gets its settings by its card (docs/provisioning.md), and has no serial port for them.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" improv-wifi-serial-sdk@2.8.1 esbuild@0.28.2 > "$tmp/npm.log"
"$tmp/node_modules/.bin/esbuild" "$tmp/node_modules/improv-wifi-serial-sdk/dist/serial.js" --bundle --platform=node \
  --format=cjs --outfile="$tmp/serial.cjs" --log-level=warning
cat > "$tmp/run.cjs" <<'JS'
const { ImprovSerial } = require('./serial.cjs')

const STATE = 1
const RESULT = 4
const HOST_NAME = 5

function packet (type, data) {
  const octets = [...Buffer.from('IMPROV'), 1, type, data.length, ...data]
  return Uint8Array.from([...octets, octets.reduce((sum, octet) => (sum + octet) & 255), 10])
}

/** A serial port with a device that has this name, and is authorized. */
function port (name) {
  let device
  const result = (command, ...texts) => {
    const data = texts.flatMap((text) => [text.length, ...Buffer.from(text)])
    return packet(RESULT, [command, data.length, ...data])
  }
  const readable = new ReadableStream({ start (controller) { device = controller } })
  const writable = new WritableStream({
    write (octets) {
      const command = octets[9]
      if (command === 2) device.enqueue(packet(STATE, [2]))
      if (command === 3) device.enqueue(result(command, 'firmware', '1.0', 'chip', 'device'))
      if (command === HOST_NAME) device.enqueue(result(command, name))
    }
  })
  return { readable, writable }
}

async function hostName (name) {
  const improv = new ImprovSerial(port(name), { log () {}, debug () {}, error () {} })
  await improv.initialize(10000)
  return improv.getHostname(2000).catch(String)
}

async function main () {
  const seen = []
  for (const name of ['callbo', 'callbox', 'callbox1']) {
    seen.push(await hostName(name))
    console.log(`${name}: ${seen.at(-1)}`)
  }
  if (seen.join() !== 'callbo,TIMEOUT,callbox1') {
    console.error('changed: TIMEOUT was expected of callbox')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
