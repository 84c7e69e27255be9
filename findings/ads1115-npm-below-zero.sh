#!/usr/bin/env bash
# ads1115, the npm package, tells 65436 of -100, a gain of 512 where 1 was set, and writes no threshold
#
# Software: ads1115 1.2.0 (npm), Node.js 20
# Guess:    measure("0+1") tells the difference between two inputs, which has a sign: FF9Ch is -100 (datasheet of the
#           ADS1115, data format). gain "gets or sets the gain", 2/3 to 16 (README). writeLowThreshold() and
#           writeHiThreshold() write the registers 2 and 3.
# Seen:     The 16 bits are taken for a number without sign. gain gives back the bits of the register. The two functions
#           hand on one argument too many: the address is taken for the register, 48h for 0, the register for the value.
# Output:   -100: 65436
#           gain 1: 512
#           thresholds -1000 and 1000: register 0: 0002h, register 0: 0003h
# Callbox:  reads no voltages.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ads1115@1.2.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const ADS1115 = require('ads1115')

const VALUE = 0
const registers = Buffer.alloc(8)
const written = []
let selected = 0

/** An I2C bus with an ADS1115, as i2c-bus has it. */
const bus = {
  async i2cWrite (address, length, buffer) {
    selected = buffer[0]
    if (length === 3) written.push(`register ${selected}: ${buffer.subarray(1, 3).toString('hex')}h`)
  },
  async i2cRead (address, length, buffer) {
    registers.copy(buffer, 0, 2 * selected, 2 * selected + 2)
    return { bytesRead: length, buffer }
  }
}

async function main () {
  const converter = ADS1115(bus, 0x48, 0)
  registers.writeInt16BE(-100, 2 * VALUE)
  const value = await converter.measure('0+1')
  console.log(`-100: ${value}`)
  converter.gain = 1
  const gain = converter.gain
  console.log(`gain 1: ${gain}`)
  written.length = 0
  await converter.writeLowThreshold(-1000)
  await converter.writeHiThreshold(1000)
  const thresholds = written.join(', ')
  console.log(`thresholds -1000 and 1000: ${thresholds}`)
  if (value !== 65436 || gain !== 512 || thresholds !== 'register 0: 0002h, register 0: 0003h') {
    console.log('changed: 65436, 512 and two writes to register 0 were expected')
    process.exit(1)
  }
}

main()
JS
(cd "$tmp" && node run.cjs)
