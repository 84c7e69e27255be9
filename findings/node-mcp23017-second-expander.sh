#!/usr/bin/env bash
# node-mcp23017 enables no interrupt of a second expander's pin when the first one has it, and can't set all eight pins
#
# Software: node-mcp23017 0.1.0 (npm), Node.js 20
# Guess:    Each MCP23017 is a chip of its own: attachInterrupt(3, CHANGE) of each one enables the interrupt of its pin
#           3, bit 3 of GPINTENA, 04h. writePort() takes an octet, 255 for eight pins that are high. pinMode(3, INPUT)
#           behind INPUT_PULLUP is an input without the pull-up.
# Seen:     What is enabled is kept in one list for all chips, so the second one's pin is "already enabled", and nothing
#           is written. 255 is refused as an "invalid value", on the console. The pull-up stays on.
# Output:   GPINTENA of 20h: 08, of 21h: 00
#           writePort(0, 254): FE, writePort(0, 255): FE
#           INPUT_PULLUP: 08, then INPUT: 08
# Callbox:  reads its buttons and drives its lamps by the GPIO of the Raspberry Pi (docs/settings.md, board).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" node-mcp23017@0.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const Module = require('module')

const GPINTENA = 0x04
const GPPUA = 0x0c
const OLATA = 0x14
const chips = { 0x20: Buffer.alloc(0x16), 0x21: Buffer.alloc(0x16) }
const bus = {
  writeI2cBlockSync (address, register, length, buffer) {
    buffer.copy(chips[address], register, 0, length)
  }
}
const load = Module._load
Module._load = (name, ...rest) => name === 'i2c-bus' ? { openSync: () => bus } : load(name, ...rest)
console.error = () => {}

const MCP23017 = require('node-mcp23017')

const hex = (octet) => octet.toString(16).toUpperCase().padStart(2, '0')
const first = new MCP23017({ address: 0x20, device: 1 })
const second = new MCP23017({ address: 0x21, device: 1 })
first.attachInterrupt(3, first.CHANGE)
second.attachInterrupt(3, second.CHANGE)
const enabled = [0x20, 0x21].map((address) => hex(chips[address][GPINTENA]))
console.log(`GPINTENA of 20h: ${enabled[0]}, of 21h: ${enabled[1]}`)
const written = [254, 255].map((value) => {
  first.writePort(0, value)
  return hex(chips[0x20][OLATA])
})
console.log(`writePort(0, 254): ${written[0]}, writePort(0, 255): ${written[1]}`)
const pulled = [first.INPUT_PULLUP, first.INPUT].map((mode) => {
  first.pinMode(3, mode)
  return hex(chips[0x20][GPPUA])
})
console.log(`INPUT_PULLUP: ${pulled[0]}, then INPUT: ${pulled[1]}`)
if ([...enabled, ...written, ...pulled].join(' ') !== '08 00 FE FE 08 08') {
  console.log('changed: 08 and 00, FE and FE, 08 and 08 were expected')
  process.exit(1)
}
JS
(cd "$tmp" && node run.cjs)
