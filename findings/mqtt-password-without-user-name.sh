#!/usr/bin/env bash
# MQTT.js can't connect with a password alone, nor can paho-mqtt
#
# Software: mqtt-packet 9.0.2 (MQTT.js 5.16.0 writes its packets with it), paho-mqtt 2.2.0, MQTT 5
# Guess:    MQTT 5 allows a password without a user name, where MQTT 3.1.1 didn't (section 3.1.2.9): a token is sent as
#           the password alone, by clients of MQTT 5.
# Seen:     mqtt-packet refuses to write such a CONNECT, and reads one. In paho-mqtt the user name None means none of
#           both, so its documentation: it takes the password beside it, and sends neither flag nor password.
# Output:   mqtt-packet writes: Username is required to use password
#           mqtt-packet reads: password token
#           paho-mqtt sends: connect flags 0x2, with the token: False
# Callbox:  `callbox check` refuses mqtt.password without mqtt.username (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" mqtt-packet@9.0.2 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
cat > "$tmp/run.cjs" <<'JS'
const packet = require('mqtt-packet')

const connect = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'box', keepalive: 60 }
let written
try {
  packet.generate({ ...connect, password: 'token' })
  written = 'a packet'
} catch (error) {
  written = error.message
}
// The packet without a password, with its flag and the password behind it.
const bytes = Buffer.concat([packet.generate(connect), Buffer.from('\0\x05token')])
bytes[1] += 7
bytes[9] |= 0x40
let read
packet.parser().on('packet', ({ password }) => { read = `password ${password}` }).parse(bytes)
console.log(`mqtt-packet writes: ${written}\nmqtt-packet reads: ${read}`)
if (!/required/.test(written) || read !== 'password token') {
  console.error('changed: a refusal to write was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
"$tmp/venv/bin/python" -W ignore - <<'PY'
import socket
import sys

import paho.mqtt.client as mqtt

with socket.create_server(("127.0.0.1", 0)) as server:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="box", protocol=mqtt.MQTTv5)
    client.username_pw_set(None, "token")
    client.connect("127.0.0.1", server.getsockname()[1])
    connection, _ = server.accept()
    with connection:
        packet = connection.recv(1000)
flags, token = packet[9], b"token" in packet
print(f"paho-mqtt sends: connect flags {flags:#x}, with the token: {token}")
if flags & 0x40 or token:
    sys.exit("changed: no password was expected")
PY
