#!/usr/bin/env bash
# Pipecat's React client puts the answer to the second typed question above the question, into the first answer
#
# Software: @pipecat-ai/client-react 1.8.2, @pipecat-ai/client-js 1.13.1 (npm), React 19.3.1, Node.js 20
# Guess:    A typed question is put into the conversation by injectMessage() (usePipecatConversation), and the bot's
#           answer follows it. A bot that answers in writing sends bot-output with will_be_spoken false, and neither
#           bot-started-speaking nor bot-stopped-speaking (RTVI 2.0).
# Seen:     An answer ends 2.5 s behind bot-stopped-speaking, or when the user speaks; a typed question doesn't end it.
#           All written answers are one message, before the second question, however long the pause was. So are spoken
#           ones, if the next question is typed within 2.5 s.
# Output:   written answers, 4 s between them: one? | one. two. | two?
#           spoken answers, question 1 s later: one? | one. two. | two?
#           spoken answers, question 3 s later: one? | one. | two? | two.
# Callbox:  its client tells each bot-output as it comes, and joins none (docs/client.md).
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

/** The messages when the bot has sent, or the user typed, these: [type, data, ms until the next one]. */
async function conversation (sent) {
  const transport = new Wire()
  const client = new PipecatClient({ transport, enableMic: false })
  let hook
  const View = () => { hook = usePipecatConversation(); return null }
  let page
  await act(async () => { page = create(createElement(PipecatClientProvider, { client }, createElement(View))) })
  await act(async () => { await client.connect() })
  for (const [type, data = {}, ms = 10] of sent) {
    await act(async () => {
      if (type === 'typed') hook.injectMessage({ role: 'user', parts: [{ text: data, final: true, createdAt: '' }] })
      else transport.onMessage({ label: 'rtvi-ai', type, data })
      await pause(ms)
    })
  }
  const seen = hook.messages
  await act(async () => { page.unmount(); await client.disconnect() })
  return seen
}

async function main () {
  const output = { aggregated_by: 'sentence' }
  const written = (text, id, ms) => ['bot-output', { ...output, text, segment_id: id, will_be_spoken: false }, ms]
  const spoken = (text, id, ms) => [
    ['bot-output', { ...output, text, segment_id: id, will_be_spoken: true, spoken_status: 'new' }],
    ['bot-started-speaking'], ['bot-stopped-speaking', {}, ms]
  ]
  const cases = {
    'written answers, 4 s between them': [['typed', 'one?'], written('one.', 1, 4000), ['typed', 'two?'],
      written('two.', 2)],
    'spoken answers, question 1 s later': [['typed', 'one?'], ...spoken('one.', 1, 1000), ['typed', 'two?'],
      ...spoken('two.', 2)],
    'spoken answers, question 3 s later': [['typed', 'one?'], ...spoken('one.', 1, 3000), ['typed', 'two?'],
      ...spoken('two.', 2)]
  }
  const seen = []
  for (const [name, sent] of Object.entries(cases)) {
    const words = ({ text }) => text.spoken === undefined ? text : (text.spoken + text.unspoken).trim()
    seen.push((await conversation(sent)).map(({ parts }) => parts.map(words).join(' ')).join(' | '))
    console.log(`${name}: ${seen.at(-1)}`)
  }
  const joined = 'one? | one. two. | two?'
  if (seen[0] !== joined || seen[1] !== joined || seen[2] !== 'one? | one. | two? | two.') {
    complain('changed: both answers were expected before the second question, but not after 3 s')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
