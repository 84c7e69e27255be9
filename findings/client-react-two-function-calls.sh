#!/usr/bin/env bash
# Pipecat's React client shows two function calls in the wrong order, and not the one that follows within two seconds
#
# Software: @pipecat-ai/client-react 1.8.2, @pipecat-ai/client-js 1.13.1 (npm), React 19.3.1, Node.js 20
# Guess:    Each function call is a message of the conversation from its llm-function-call-started on, in the order in
#           which they come (usePipecatConversation, "ordered and merged for display").
# Seen:     Of two calls that start together the first one in progress takes the place of the one that started last, so
#           they change places. A start less than 2 s after another call is in progress or done is taken for that
#           call's, which was late, and isn't shown.
# Output:   lamp and clock start together: clock, lamp
#           lamp is done, clock starts 2.5 s later: lamp, clock
#           lamp is done, clock starts at once: lamp
# Callbox:  its client tells each step of a call as it comes, with its tool_call_id (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @pipecat-ai/client-react@1.8.2 @pipecat-ai/client-js@1.13.1 \
  react@19.3.1 react-dom@19.3.1 react-test-renderer@19.3.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
globalThis.window = {} // as in a browser
globalThis.IS_REACT_ACT_ENVIRONMENT = true
const complain = console.error
console.debug = console.warn = console.error = () => {} // what React and the client note
const { createElement } = require('react')
const { act, create } = require('react-test-renderer')
const { LogLevel, logger, PipecatClient, Transport } = require('@pipecat-ai/client-js')
const { PipecatClientProvider, usePipecatConversation } = require('@pipecat-ai/client-react')
logger.setLevel(LogLevel.NONE)

class Wire extends Transport {
  initialize (options, onMessage) { this.callbacks = options.callbacks; this.onMessage = onMessage }
  async initDevices () {}
  get state () { return this._state }
  set state (state) { this._state = state }
  _validateConnectionParams (params) { return params }
  async _connect () { this.state = 'connected'; this.callbacks.onConnected() }
  async _disconnect () { this.state = 'disconnected' }
  async sendReadyMessage () {
    this.state = 'ready'
    this.onMessage({ label: 'rtvi-ai', id: '1', type: 'bot-ready', data: { version: '2.1.0' } })
  }
  sendMessage () {}
  get isMicEnabled () { return false }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The messages of the conversation when the bot has sent these: [type, data, ms until the next one]. */
async function conversation (sent) {
  const transport = new Wire()
  const client = new PipecatClient({ transport, enableMic: false })
  let messages
  const View = () => { messages = usePipecatConversation().messages; return null }
  let page
  await act(async () => { page = create(createElement(PipecatClientProvider, { client }, createElement(View))) })
  await act(async () => { await client.connect() })
  for (const [type, data = {}, ms = 10] of sent) {
    await act(async () => {
      transport.onMessage({ label: 'rtvi-ai', type, data })
      await pause(ms)
    })
  }
  const seen = messages
  await act(async () => { page.unmount(); await client.disconnect() })
  return seen
}

async function main () {
  const start = (name) => ['llm-function-call-started', { function_name: name }]
  const call = (name) => ({ function_name: name, tool_call_id: name })
  const progress = (name) => ['llm-function-call-in-progress', { ...call(name), arguments: {} }]
  const done = (name, ms) => ['llm-function-call-stopped', { ...call(name), result: 1 }, ms]
  const cases = {
    'lamp and clock start together': [start('lamp'), start('clock'), progress('lamp'), progress('clock'), done('lamp'),
      done('clock')],
    'lamp is done, clock starts 2.5 s later': [start('lamp'), progress('lamp'), done('lamp', 2500), start('clock')],
    'lamp is done, clock starts at once': [start('lamp'), progress('lamp'), done('lamp'), start('clock')]
  }
  const seen = []
  for (const [name, sent] of Object.entries(cases)) {
    seen.push((await conversation(sent)).map(({ functionCall }) => functionCall.function_name).join(', '))
    console.log(`${name}: ${seen.at(-1)}`)
  }
  if (seen.join('|') !== 'clock, lamp|lamp, clock|lamp') {
    complain('changed: clock before lamp, and lamp alone, were expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
