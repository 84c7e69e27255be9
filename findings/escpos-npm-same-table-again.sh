#!/usr/bin/env bash
# escpos, the npm package, prints the same row of a table once, and blanks from then on
#
# Software: escpos 2.5.2 (npm), Node.js 20
# Guess:    tableCustom() prints the columns that it is given, as often as it is given them, and gives back the printer:
#           its documentation says so, and the README chains the calls.
# Seen:     It empties the texts of the caller's columns. So a heading that is printed on each receipt is blank from the
#           second one on. With a text that is longer than its column it gives back undefined, and the chain ends in
#           TypeError.
# Output:   first: [Coffee                                      2.50]
#           second: [                                                ]
#           a long name, and then feed(): TypeError
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" escpos@2.5.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Printer } = require('escpos')

const octets = []
const printer = new Printer({ write: (data) => octets.push(...data) }, { encoding: 'ascii' })
const columns = (name) => [
  { text: name, align: 'LEFT', width: 0.5 },
  { text: '2.50', align: 'RIGHT', width: 0.5 }
]
const row = columns('Coffee')
printer.tableCustom(row).tableCustom(row).flush()
const lines = Buffer.from(octets).toString().split('\n')
console.log(`first: [${lines[0]}]`)
console.log(`second: [${lines[1]}]`)
let raised = 'nothing'
try {
  printer.tableCustom(columns('Coffee with a lot of milk, and sugar')).feed()
} catch (error) {
  raised = error.name
}
console.log(`a long name, and then feed(): ${raised}`)
if (!lines[0].startsWith('Coffee') || lines[1].trim() !== '' || raised !== 'TypeError') {
  console.error('changed: a second line of blanks was expected, and TypeError')
  process.exit(1)
}
JS
node --no-deprecation "$tmp/run.cjs"
