#!/usr/bin/env bash
# zigbee-clusters loses a lamp's whole report for one attribute with a time, and what follows a name that isn't set
#
# Software: zigbee-clusters 3.0.2, @athombv/data-types 1.2.0 (npm), Node.js 20
# Guess:    A report has several attributes, each with its type. One that isn't known is passed over by the length of
#           its type, as UTC time (E2, four octets) and numbers of 64 bits (27); the others are told. A string with the
#           length FF is one that isn't set, and has no letters (Zigbee Cluster Library, 2.6.2).
# Seen:     An unknown attribute of 8 bits is passed over. One of E2 or 27 is an error, and nothing of the report is
#           told, not even what stands before it. Of the length FF it takes all the rest of the report for the string.
# Output:   on, and an unknown attribute of 8 bits: onOff true
#           on, and an unknown attribute with a time: nothing
#           on, and an unknown attribute of 64 bits: nothing
#           an empty name, and on battery: modelId "", powerSource "battery"
#           a name that isn't set, and on battery: modelId ""
# Callbox:  speaks no Zigbee; a box is a device in Home Assistant by MQTT (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" zigbee-clusters@3.0.2 @athombv/data-types@1.2.0 \
  > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { ZCLNode } = require('zigbee-clusters')

const CLUSTERS = { basic: 0, onOff: 6 }
const REPORT = '18 01 0A'
const ON = '0000 10 01'
const ON_BATTERY = '0700 30 03'

/** What is told of a report with these attributes: identifier, type and value. */
async function told (cluster, names, ...attributes) {
  const endpoint = { endpointId: 1, inputClusters: Object.values(CLUSTERS), outputClusters: [] }
  const node = new ZCLNode({ endpointDescriptors: [endpoint], sendFrame: async () => {} })
  const values = []
  for (const name of names) {
    node.endpoints[1].clusters[cluster].on(`attr.${name}`, value => values.push(`${name} ${JSON.stringify(value)}`))
  }
  const frame = Buffer.from([REPORT, ...attributes].join('').replaceAll(' ', ''), 'hex')
  await node.handleFrame(1, CLUSTERS[cluster], frame, {})
  return values.join(', ') || 'nothing'
}

async function main () {
  const name = ['basic', ['modelId', 'powerSource']]
  const seen = []
  for (const [words, ...report] of [
    ['on, and an unknown attribute of 8 bits', 'onOff', ['onOff'], ON, '00F0 20 05'],
    ['on, and an unknown attribute with a time', 'onOff', ['onOff'], ON, '00F0 E2 01020304'],
    ['on, and an unknown attribute of 64 bits', 'onOff', ['onOff'], ON, '00F0 27 0102030405060708'],
    ['an empty name, and on battery', ...name, '0500 42 00', ON_BATTERY],
    ["a name that isn't set, and on battery", ...name, '0500 42 FF', ON_BATTERY]
  ]) {
    seen.push(await told(...report))
    console.log(`${words}: ${seen.at(-1)}`)
  }
  if (seen[1] !== 'nothing' || seen[2] !== 'nothing' || seen[4].includes('powerSource')) {
    console.error('changed: nothing of two reports was expected, and no power source behind a name that is not set')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
