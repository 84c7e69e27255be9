#!/usr/bin/env bash
# asterisk-ami-client keeps the last line of a command's output, and the last variable of a channel
#
# Software: asterisk-ami-client 1.1.5, Node.js 20
# Guess:    Asterisk's answer to the action Command has a header Output for each line (since Asterisk 14), and an event
#           a header ChanVariable for each variable: a client hands out all of them, as its actions take several
#           Variable.
# Seen:     Each header replaces the one before. Of a list of contacts there is the last line, which is their number,
#           and of two variables the second one.
# Output:   Output of three lines: "Objects found: 2"
#           ChanVariable of two: "room=kitchen"
# Callbox:  doesn't talk to a telephone exchange.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" asterisk-ami-client@1.1.5 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const net = require('net')
const AmiClient = require('asterisk-ami-client')

const packet = (...lines) => lines.join('\r\n') + '\r\n\r\n'

// As Asterisk's manager interface answers
const server = net.createServer((socket) => {
  socket.write('Asterisk Call Manager/8.0.2\r\n')
  socket.on('data', (data) => {
    const [, id] = /ActionID: (.*)/i.exec(data.toString()) || []
    if (/Action: Login/i.test(data)) {
      socket.write(packet('Response: Success', `ActionID: ${id}`, 'Message: Authentication accepted'))
      return
    }
    socket.write(packet('Response: Success', `ActionID: ${id}`, 'Message: Command output follows',
      'Output: Contact:  box/sip:box@192.0.2.7', 'Output: Contact:  bell/sip:bell@192.0.2.8',
      'Output: Objects found: 2'))
    socket.write(packet('Event: Newchannel', 'Channel: PJSIP/box-1', 'ChanVariable: caller=Anna',
      'ChanVariable: room=kitchen'))
  })
})

server.listen(0, '127.0.0.1', async () => {
  const client = new AmiClient({ reconnect: false })
  await client.connect('box', 'password', { host: '127.0.0.1', port: server.address().port })
  const answered = new Promise((resolve) => client.once('response', resolve))
  const told = new Promise((resolve) => client.once('event', resolve))
  client.action({ Action: 'Command', Command: 'pjsip show contacts' })
  const { Output } = await answered
  const { ChanVariable } = await told
  console.log('Output of three lines:', JSON.stringify(Output))
  console.log('ChanVariable of two:', JSON.stringify(ChanVariable))
  const changed = Output !== 'Objects found: 2' || ChanVariable !== 'room=kitchen'
  if (changed) console.error('changed: the last line and the last variable were expected')
  process.exit(changed ? 1 : 0)
})
JS
node "$tmp/run.cjs"
