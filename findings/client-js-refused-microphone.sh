#!/usr/bin/env bash
# Pipecat's JavaScript client never ends connect() when the microphone is refused
#
# Software: @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    connect() opens the devices if that hasn't been done; when that fails it rejects with their error, as
#           initDevices() does, whose documentation says that the error is always thrown again.
# Seen:     initDevices() rejects; connect() stays pending for ever. The error goes to unhandledrejection, where no
#           program looks for it, and which ends Node.js.
# Output:   initDevices(): rejected: Permission denied
#           connect(): pending, unhandled: Permission denied
# Callbox:  its client's connect() raises what the devices raise (docs/client.md).
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

const unhandled = []
process.on('unhandledRejection', (error) => unhandled.push(error.message))

async function stateOf (method) {
  const transport = new Wire()
  transport.refused = true
  const client = new PipecatClient({ transport, enableMic: true })
  let state = 'pending'
  client[method]().then(() => { state = 'resolved' }, (error) => { state = `rejected: ${error.message}` })
  await pause(2000)
  return state
}

async function main () {
  const [devices, connect] = [await stateOf('initDevices'), await stateOf('connect')]
  console.log(`initDevices(): ${devices}`)
  console.log(`connect(): ${connect}, unhandled: ${unhandled.join() || 'none'}`)
  if (devices !== 'rejected: Permission denied' || connect !== 'pending' || unhandled.length !== 1) {
    console.error('changed: connect() was expected to be pending')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
