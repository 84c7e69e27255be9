#!/usr/bin/env bash
# Three clients of NTP are back in 1900 from February 2036 on
#
# Software: ntplib 0.4.0 (PyPI), ntp-client 0.5.3, ntp-time 2.1.1 (npm), Node.js 20
# Guess:    The 32 bits of NTP's seconds begin anew on 7 February 2036: a time stamp whose first bit is 0 is of 2036 to
#           2104 (RFC 4330, section 3). A server that says 1 January 2037 is read so.
# Seen:     All three count from 1900 for ever: it is November 1900 for them. A device of today, which lasts ten years,
#           sets its clock back by 136 years.
# Output:   server's time 2036-02-07T06:28:15: ntplib 2036-02-07, ntp-client 2036-02-07, ntp-time 2036-02-07
#           server's time 2037-01-01T00:00:00: ntplib 1900-11-25, ntp-client 1900-11-25, ntp-time 1900-11-25
# Callbox:  leaves the clock to the system (docs/doctor.md, CLOCK-UNSYNCHRONISED), and asks no time server.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ntplib==0.4.0
npm install --silent --no-audit --no-fund --prefix "$tmp" ntp-client@0.5.3 ntp-time@2.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { execFile } = require('child_process')
const { promisify } = require('util')
const dgram = require('dgram')
const ntpClient = require('ntp-client')
const { Client } = require('ntp-time')

const TIMES = ['2036-02-07T06:28:15', '2037-01-01T00:00:00']
const PYTHON = `
import datetime, ntplib, sys
answer = ntplib.NTPClient().request("127.0.0.1", port=int(sys.argv[1]))
print(datetime.datetime.fromtimestamp(answer.tx_time, datetime.timezone.utc).isoformat())`
let seconds = 0
const server = dgram.createSocket('udp4')
server.on('message', (question, { port, address }) => {
  const answer = Buffer.alloc(48)
  answer[0] = (question[0] & 0x38) | 4 // the question's version, from a server
  answer[1] = 1
  question.copy(answer, 24, 40, 48)
  for (const place of [16, 32, 40]) answer.writeUInt32BE(seconds % 2 ** 32, place)
  server.send(answer, port, address)
})

async function main () {
  await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve))
  const { port } = server.address()
  const ask = {
    ntplib: async () => (await promisify(execFile)(`${__dirname}/venv/bin/python`, ['-c', PYTHON, `${port}`])).stdout,
    'ntp-client': async () => (await promisify(ntpClient.getNetworkTime)('127.0.0.1', port)).toISOString(),
    'ntp-time': async () => (await new Client('127.0.0.1', port, { timeout: 10000 }).syncTime()).time.toISOString()
  }
  const seen = []
  for (const time of TIMES) {
    seconds = Date.parse(`${time}Z`) / 1000 + 2208988800
    const days = []
    for (const one of Object.values(ask)) days.push((await one()).slice(0, 10))
    console.log(`server's time ${time}: ${Object.keys(ask).map((name, index) => `${name} ${days[index]}`).join(', ')}`)
    seen.push(...days)
  }
  if (seen.join() !== [...Array(3).fill('2036-02-07'), ...Array(3).fill('1900-11-25')].join()) {
    console.error('changed: 1900 was expected after 7 February 2036')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
