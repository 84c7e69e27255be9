#!/usr/bin/env bash
# Pipecat's React client drops a check mark from what the bot says, and is then two letters ahead of its voice
#
# Software: @pipecat-ai/client-react 1.8.2, @pipecat-ai/client-js 1.13.1 (npm), React 19.3.1, Node.js 20
# Guess:    The text of bot-output is shown as the bot has sent it, and spoken_progress says how much of it has been
#           spoken: accumulated_text and remaining_text are the text together (RTVI 2.0, bot-output).
# Seen:     A ✓, ○ or ◐ at the beginning and the blank behind it are taken for a mark that a filter of Pipecat's server
#           uses, and are dropped, also when the bot begins the items of a list by them. The length of what was spoken
#           still counts them, so the words that are shown as spoken end two letters late.
# Output:   Milk and bread: spoken "Milk", to come " and bread"
#           ✓ Milk and bread: spoken "Milk a", to come "nd bread"
#           ○ Milk and bread: spoken "Milk a", to come "nd bread"
#           • Milk and bread: spoken "• Milk", to come " and bread"
# Callbox:  its client hands on the text of bot-output as it comes (docs/client.md).
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
  const seen = []
  for (const mark of ['', '✓ ', '○ ', '• ']) {
    const text = `${mark}Milk and bread`
    const output = { text, will_be_spoken: true, aggregated_by: 'sentence', segment_id: 1 }
    const spoken = { accumulated_text: `${mark}Milk`, remaining_text: ' and bread' }
    const [message] = await conversation([
      ['bot-output', { ...output, spoken_status: 'new' }],
      ['bot-output', { ...output, spoken_status: 'in-progress', spoken_progress: spoken }]
    ])
    const part = message.parts[0].text
    seen.push(`${part.spoken}|${part.unspoken}`)
    console.log(`${text}: spoken "${part.spoken}", to come "${part.unspoken}"`)
  }
  if (seen.join() !== 'Milk| and bread,Milk a|nd bread,Milk a|nd bread,• Milk| and bread') {
    complain('changed: two letters more were expected behind ✓ and ○')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
