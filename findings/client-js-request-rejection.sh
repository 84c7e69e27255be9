#!/usr/bin/env bash
# Pipecat's JavaScript client rejects a request with a message that is no Error, and rounds its timeout up
#
# Software: @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    sendClientRequest() with a timeout of 100 ms rejects with an Error after 100 ms; so does one that the bot
#           answers with error-response. `catch (error)` has error.message and a stack.
# Seen:     Both reject with an RTVI message: no Error, no message, no stack, and "[object Object]" in a log; the reason
#           is in data.error. The timeout is looked at every 2 s, so 100 ms are 2 s.
# Output:   error-response: instanceof Error false, message undefined, data.error "no such city"
#           timeout: instanceof Error false, message undefined, data.error "Timed out waiting for response"
#           timeout of 0.1 s: after 2 s
# Callbox:  its client raises errors with the bot's words, each request at its own time (callbox/rtvi).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @pipecat-ai/client-js@1.13.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
globalThis.window = {} // as in a browser
const { LogLevel, logger, PipecatClient, Transport } = require('@pipecat-ai/client-js')
logger.setLevel(LogLevel.NONE)

class Wire extends Transport {
  initialize (options, onMessage) { this.callbacks = options.callbacks; this.onMessage = onMessage; this.sent = [] }
  async initDevices () {}
  get state () { return this._state }
  set state (state) { this._state = state }
  _validateConnectionParams (params) { return params }
  async _connect () { this.state = 'connected' }
  async _disconnect () { this.state = 'disconnected' }
  async sendReadyMessage () {
    this.state = 'ready'
    this.onMessage({ label: 'rtvi-ai', id: '1', type: 'bot-ready', data: { version: '2.1.0' } })
  }
  sendMessage (message) { this.sent.push(message) }
  get isMicEnabled () { return false }
}

async function main () {
  const transport = new Wire()
  const client = new PipecatClient({ transport, enableMic: false })
  await client.connect()

  const answered = client.sendClientRequest('weather', {}, 60000)
  const id = transport.sent.at(-1).id
  transport.onMessage({ label: 'rtvi-ai', id, type: 'error-response', data: { error: 'no such city' } })
  const refused = await answered.catch((error) => error)

  const began = performance.now()
  const late = await client.sendClientRequest('weather', {}, 100).catch((error) => error)
  const waited = (performance.now() - began) / 1000
  await client.disconnect()

  for (const [name, error] of [['error-response', refused], ['timeout', late]]) {
    console.log(`${name}: instanceof Error ${error instanceof Error}, message ${error.message}, data.error`,
      JSON.stringify(error.data.error))
  }
  console.log(`timeout of 0.1 s: after ${waited.toFixed(0)} s`)
  if (refused instanceof Error || late instanceof Error || waited < 1) {
    console.error('changed: messages were expected, the second one after some 2 s')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
