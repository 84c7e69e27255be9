#!/usr/bin/env bash
# xml-escpos-helper prints the slash of a barcode as &#x2F;, and a text's ` as &#x60;
#
# Software: @tillpos/xml-escpos-helper 0.3.1 (npm), Node.js 20
# Guess:    A value that a template takes with {{ }} is printed as it is, as mustache's escapes are only for the XML in
#           between. A QR code holds the characters that it was given.
# Seen:     Texts and QR codes turn the escapes back, but for that of `; barcodes turn none. QR codes are written as
#           "ascii", with which Node.js cuts each character to an octet: the euro sign becomes ac.
# Output:   barcode A/B: A&#x2F;B
#           text A/B: A/B
#           text `on`: &#x60;on&#x60;
#           QR code 10 €: 31 30 20 ac
#           QR code A/B: 41 2f 42
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" @tillpos/xml-escpos-helper@0.3.1 \
  > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { EscPos } = require('@tillpos/xml-escpos-helper')

const BARCODE = [0x1d, 0x6b, 69] // GS k m n, then n octets
const QR_CODE = [49, 80, 48] // Of GS ( k pL pH cn fn m, then the text
const SIZE = [0x1d, 0x21]
const COLOUR = [0x1b, 0x72, 0] // ESC r n, before each text
const SEEN = [
  'barcode A/B: A&#x2F;B',
  'text A/B: A/B',
  'text `on`: &#x60;on&#x60;',
  'QR code 10 €: 31 30 20 ac',
  'QR code A/B: 41 2f 42',
]

function printed(element, value) {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><document>${element}</document>`
  return Buffer.from(EscPos.getBufferFromTemplate(xml, { value }))
}

function after(octets, command) {
  return octets.subarray(octets.indexOf(Buffer.from(command)) + command.length)
}

function barcode(value) {
  const octets = after(printed('<barcode system="CODE_39">{{value}}</barcode>', value), BARCODE)
  return octets.subarray(1, 1 + octets[0]).toString()
}

function text(value) {
  const octets = after(printed('<text>{{value}}</text>', value), COLOUR)
  return octets.subarray(0, octets.indexOf(Buffer.from(SIZE))).toString()
}

function qrCode(value) {
  const octets = printed('<qrcode>{{value}}</qrcode>', value)
  const at = octets.indexOf(Buffer.from(QR_CODE))
  const length = octets.readUInt16LE(at - 2)
  const data = octets.subarray(at + QR_CODE.length, at + length)
  return [...data].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')
}

const lines = [
  `barcode A/B: ${barcode('A/B')}`,
  `text A/B: ${text('A/B')}`,
  `text \`on\`: ${text('`on`')}`,
  `QR code 10 €: ${qrCode('10 €')}`,
  `QR code A/B: ${qrCode('A/B')}`,
]
console.log(lines.join('\n'))
if (lines.join() !== SEEN.join()) {
  console.error('changed: see the output')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
