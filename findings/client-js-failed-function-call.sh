#!/usr/bin/env bash
# Pipecat's JavaScript client doesn't tell the bot when a function call fails
#
# Software: @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    Each llm-function-call-in-progress for a registered handler gets an llm-function-call-result: the handler's
#           result, or the error's message if it rejects.
# Seen:     A handler that rejects sends nothing: the error is a log line on the client. The bot's language model waits
#           for a result until its own timeout, and the caller hears nothing meanwhile.
# Output:   handler returns 0: llm-function-call-result with 0
#           handler rejects: nothing is sent
# Callbox:  its client sends what a handler raises back as an error (docs/client.md).
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
  async initDevices () { if (this.refused) throw new Error('Permission denied') }
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

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function main () {
  const transport = new Wire()
  const client = new PipecatClient({ transport, enableMic: false })
  await client.connect()
  const handlers = {
    'returns 0': async () => 0,
    rejects: async () => { throw new Error('no such lamp') }
  }
  const seen = []
  for (const [name, handler] of Object.entries(handlers)) {
    client.registerFunctionCallHandler('lamp', handler)
    transport.sent = []
    transport.onMessage({
      label: 'rtvi-ai', type: 'llm-function-call-in-progress', data: { function_name: 'lamp', tool_call_id: name }
    })
    await pause(500)
    seen.push(transport.sent.map(({ type, data }) => `${type} with ${data.result}`).join() || 'nothing is sent')
    console.log(`handler ${name}: ${seen.at(-1)}`)
  }
  await client.disconnect()
  if (seen.join() !== 'llm-function-call-result with 0,nothing is sent') {
    console.error('changed: a result of the first handler only was expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
