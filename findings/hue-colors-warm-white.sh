#!/usr/bin/env bash
# hue-colors makes pink of warm white, and no colour of FF00FF, which is the example of its own documentation
#
# Software: hue-colors 0.5.5 (npm), Node.js 20
# Guess:    A white of 370 mired, 2700 K, has less blue than green and less green than red: FF A7 58 by the formula that
#           its source names (T. Helland, "How to Convert Temperature (K) to RGB"), which takes hundreds of kelvins.
#           fromHex() takes "a CSS-style hex code", and its helper names FF00FF as one.
# Seen:     Blue is reckoned with kelvins in place of hundreds, so that it is 255 at each white: FF A7 FF. Capital
#           letters are removed from a hex code as no digits.
# Output:   153 mired: ffffff, 250: ffceff, 370: ffa7ff, 500: ff89ff
#           #ff00ff: 255, 0, 255; #FF00FF: 0, NaN, NaN; #Ff8000: 248, 0, 0
# Callbox:  has lamps of LEDs on its own pins (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" hue-colors@0.5.5 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { default: HueColor } = require('hue-colors')

const FULL_BRIGHTNESS = 254

const whites = [153, 250, 370, 500].map(mired => HueColor.fromCt(mired, FULL_BRIGHTNESS).toHex())
console.log(`153 mired: ${whites[0]}, 250: ${whites[1]}, 370: ${whites[2]}, 500: ${whites[3]}`)
const codes = ['#ff00ff', '#FF00FF', '#Ff8000']
const colours = codes.map(code => HueColor.fromHex(code).toRgb().join(', '))
console.log(codes.map((code, index) => `${code}: ${colours[index]}`).join('; '))
if (whites[2] !== 'ffa7ff' || !colours[1].includes('NaN')) {
  console.error('changed: ffa7ff and NaN were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
