#!/usr/bin/env bash
# node-wifi gives an open network the password "undefined", and cuts off a network's name at its colon
#
# Software: node-wifi 2.0.16 (Node.js 20); a program in place of nmcli prints what `nmcli --terse` does
# Guess:    connect({ ssid }) connects to a network without a password; scan() reads nmcli's terse lines, in which a
#           colon of a name is written \: (nmcli(1), --escape).
# Seen:     nmcli is always given "password", and what JavaScript calls nothing as a word. A name with a colon ends
#           there, with the backslash, and all values behind it are of the field before.
# Output:   scan(): Home on channel 6, Flat 3\ on channel NaN
#           connect({ ssid: 'Guests' }): nmcli -w 10 device wifi connect Guests password undefined
# Callbox:  sets up no Wi-Fi.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-wifi@2.0.16 > "$tmp/npm.log"
mkdir "$tmp/bin"
cat > "$tmp/bin/nmcli" <<'SH'
#!/bin/sh
echo nmcli "$@" > "$(dirname "$0")/arguments"
printf '%s\n' 'yes:Home:AA\:BB\:CC\:DD\:EE\:01:Infra:6:2437 MHz:80:WPA2:(none):psk' \
  'no:Flat 3\: cellar:AA\:BB\:CC\:DD\:EE\:02:Infra:11:2462 MHz:60:WPA2:(none):psk'
SH
chmod +x "$tmp/bin/nmcli"
cat > "$tmp/run.cjs" <<'JS'
const fs = require('node:fs')
const wifi = require('node-wifi')

async function main () {
  wifi.init({ iface: null })
  const networks = (await wifi.scan()).map(({ ssid, channel }) => `${ssid} on channel ${channel}`).join(', ')
  await wifi.connect({ ssid: 'Guests' })
  const connect = fs.readFileSync(`${__dirname}/bin/arguments`, 'utf8').trim()
  console.log(`scan(): ${networks}`)
  console.log(`connect({ ssid: 'Guests' }): ${connect}`)
  if (!networks.includes('Flat 3\\ on channel NaN') || !connect.endsWith('password undefined')) {
    console.error("changed: a name cut off at its colon, and the password 'undefined', were expected")
    process.exit(1)
  }
}

main()
JS
PATH=$tmp/bin:$PATH node "$tmp/run.cjs"
