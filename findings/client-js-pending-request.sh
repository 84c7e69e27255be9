#!/usr/bin/env bash
# Pipecat's JavaScript client never ends a request that waits when it disconnects
#
# Software: @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    A request that is unanswered when disconnect() is called is rejected then, or when its timeout has passed:
#           `await sendClientRequest(…)` ends in any case.
# Seen:     The queue of requests is emptied, and what looks after timeouts is stopped: the promise is pending for ever,
#           and whatever waits for it, as a page's "loading", too.
# Output:   a request with a timeout of 1 s, 4 s later: rejected
#           the same with disconnect(), 4 s later: pending
# Callbox:  its client ends all requests with the error that ended the session (docs/client.md).
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

async function stateAfter (disconnects) {
  const client = new PipecatClient({ transport: new Wire(), enableMic: false })
  await client.connect()
  let state = 'pending'
  client.sendClientRequest('weather', {}, 1000).then(() => { state = 'answered' }, () => { state = 'rejected' })
  if (disconnects) await client.disconnect()
  await pause(4000)
  if (!disconnects) await client.disconnect()
  return state
}

async function main () {
  const seen = [await stateAfter(false), await stateAfter(true)]
  console.log('a request with a timeout of 1 s, 4 s later:', seen[0])
  console.log('the same with disconnect(), 4 s later:', seen[1])
  if (seen.join() !== 'rejected,pending') {
    console.error('changed: a pending request was expected after disconnect()')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
