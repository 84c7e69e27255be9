#!/usr/bin/env bash
# manhnd's esc-pos-encoder prints question marks on its second receipt, and no QR code from 252 octets on
#
# Software: @manhnd/esc-pos-encoder 1.0.25 (npm), a fork of esc-pos-encoder; esc-pos-encoder 3.0.0, Node.js 20
# Guess:    An encoder can be used again: "It will remember settings like code page, so you don't have to specify that
#           on subsequent use" (README). The length before a QR code's text is pL + pH * 256 (ESC/POS, GS ( k).
# Seen:     encode() resets the code page to ASCII. The length is packed as length % 255 and length / 255, so the
#           printer takes octets of the command to print for text. The original does so no more.
# Output:   fork, second receipt: Caf?
#           fork, QR code of 251: 254 octets, said to be 254
#           fork, QR code of 252: 255 octets, said to be 256
#           fork, QR code of 600: 603 octets, said to be 605
#           original, QR code of 600: 603 octets, said to be 603
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" @manhnd/esc-pos-encoder@1.0.25 \
  esc-pos-encoder@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const Fork = require('@manhnd/esc-pos-encoder').default
const Original = require('esc-pos-encoder')

const E_ACUTE = 0x82 // In code page 858, which "Café" is printed with
const STORE = [49, 80, 48] // cn fn m of GS ( k pL pH cn fn m, then the text
const PRINT = [0x1d, 0x28, 0x6b, 3, 0, 49, 81, 48]
const SEEN = [
  'fork, second receipt: Caf?',
  'fork, QR code of 251: 254 octets, said to be 254',
  'fork, QR code of 252: 255 octets, said to be 256',
  'fork, QR code of 600: 603 octets, said to be 605',
  'original, QR code of 600: 603 octets, said to be 603',
]

function second() {
  const encoder = new Fork()
  encoder.codepage('cp858').text('Café').encode()
  const octets = [...encoder.text('Café').encode()]
  return octets.map((octet) => (octet === E_ACUTE ? 'é' : String.fromCharCode(octet))).join('')
}

function qrCode(Encoder, length) {
  const octets = Buffer.from(new Encoder().qrcode('x'.repeat(length)).encode())
  const store = octets.indexOf(Buffer.from(STORE))
  const sent = octets.indexOf(Buffer.from(PRINT)) - store
  return `QR code of ${length}: ${sent} octets, said to be ${octets.readUInt16LE(store - 2)}`
}

const lines = [
  `fork, second receipt: ${second()}`,
  ...[251, 252, 600].map((length) => `fork, ${qrCode(Fork, length)}`),
  `original, ${qrCode(Original, 600)}`,
]
console.log(lines.join('\n'))
if (lines.join() !== SEEN.join()) {
  console.error('changed: see the output')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
