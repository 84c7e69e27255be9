#!/usr/bin/env bash
# Pipecat's WebSocket transport for JavaScript shows an old token beside the new one
#
# Software: @pipecat-ai/websocket-transport 1.7.1, @pipecat-ai/client-js 1.13.1, ws 8.23.0, Node.js 20
# Guess:    connect({ token }) opens the URL of the constructor with that token, each time with the one it is given: a
#           token is good for one session.
# Seen:     The URL with the first token is kept as the URL: the second connect() sends ?token=first&token=second, the
#           third three of them. A server that reads the first value refuses a caller whose token is good.
# Output:   connect({ token: "first" }): /ws?token=first
#           connect({ token: "second" }): /ws?token=first&token=second
# Callbox:  puts the token in the place of an old one (transports/websocket).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  @pipecat-ai/websocket-transport@1.7.1 @pipecat-ai/client-js@1.13.1 ws@8.23.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
globalThis.window = {} // as in a browser
const { WebSocket, WebSocketServer } = require('ws')
globalThis.WebSocket ??= WebSocket
const { LogLevel, logger, PipecatClient } = require('@pipecat-ai/client-js')
const { WebSocketTransport } = require('@pipecat-ai/websocket-transport')
logger.setLevel(LogLevel.NONE)
console.debug = console.info = () => {}

const mediaManager = {
  setUserAudioCallback () {}, setClientOptions () {}, async initialize () {}, async connect () {},
  async disconnect () {}, tracks: () => ({ local: {} }), isMicEnabled: false
}

async function main () {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const wsUrl = `ws://127.0.0.1:${server.address().port}/ws`
  const client = new PipecatClient({ transport: new WebSocketTransport({ mediaManager, wsUrl }), enableMic: false })
  const seen = []
  for (const token of ['first', 'second']) {
    const asked = new Promise((resolve) => server.once('connection', (socket, request) => resolve(request.url)))
    client.connect({ token })
    seen.push(await asked)
    console.log(`connect({ token: "${token}" }): ${seen.at(-1)}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await client.disconnect()
  }
  if (seen.join() !== '/ws?token=first,/ws?token=first&token=second') {
    console.error('changed: both tokens were expected the second time')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
