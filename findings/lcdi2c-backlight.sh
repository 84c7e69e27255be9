#!/usr/bin/env bash
# lcdi2c turns the display off when it turns the backlight on, blinks at cursorOff(), and begins with a sign of its own
#
# Software: lcdi2c 1.0.6 (npm), Node.js 20
# Guess:    setBacklight(1) lights the display and leaves on what it shows. cursorOff() turns the "block cursor off"
#           (comment), which blinks: the command 08h has the bits 04h for the display, 02h for the cursor and 01h for
#           the blinking (datasheet of the HD44780). A new display is empty, so what is printed first is its first
#           letter.
# Seen:     setBacklight() sends 08h, and so does setContrast(): display off, until on() is called. cursorOff() sends
#           0Dh, which blinks. The last thing that the constructor does to turn the backlight on is to write the number
#           of its bit, 8, as a character: the first of those that the program may draw, and "Hi" stands behind it.
# Output:   new display: 08h, then Hi: 08h 48h 69h
#           setBacklight(1): 08h, setContrast(10): 08h, cursorOff(): 0Dh
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" lcdi2c@1.0.6 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const Module = require('module')

const RS = 0x01
const ENABLE = 0x04
let before = 0
let nibbles = []
const commands = []
const characters = []

/** An I2C bus with a PCF8574 before an HD44780: four bits at each falling edge of E, the upper ones first. */
const bus = {
  sendByteSync (address, octet) {
    if (before & ENABLE && !(octet & ENABLE)) {
      nibbles.push(octet >> 4)
      if (nibbles.length === 2) {
        (octet & RS ? characters : commands).push(16 * nibbles[0] + nibbles[1])
        nibbles = []
      }
    }
    before = octet
  }
}
const load = Module._load
const fakes = { 'i2c-bus': { open: () => bus }, sleep: { usleep: () => {} } }
Module._load = (name, ...rest) => fakes[name] ?? load(name, ...rest)

const LCD = require('lcdi2c')

const hex = (octets) => octets.map((octet) => octet.toString(16).toUpperCase().padStart(2, '0') + 'h').join(' ')
const display = new LCD(1, 0x27, 16, 2)
const empty = hex(characters)
display.print('Hi')
console.log(`new display: ${empty}, then Hi: ${hex(characters)}`)
const told = ['setBacklight', 'setContrast', 'cursorOff'].map((name, at) => {
  display[name]([1, 10][at])
  return hex(commands.slice(-1))
})
console.log(`setBacklight(1): ${told[0]}, setContrast(10): ${told[1]}, cursorOff(): ${told[2]}`)
if (empty !== '08h' || told.join(' ') !== '08h 08h 0Dh') {
  console.log('changed: 08h, 08h, 08h and 0Dh were expected')
  process.exit(1)
}
JS
(cd "$tmp" && node --no-deprecation run.cjs)
