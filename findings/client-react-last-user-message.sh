#!/usr/bin/env bash
# Pipecat's React client never finishes what the user said last, and joins it with what they say minutes later
#
# Software: @pipecat-ai/client-react 1.8.2, @pipecat-ai/client-js 1.13.1 (npm), React 19.3.1, Node.js 20
# Guess:    A final transcript comes a bit after user-stopped-speaking, as speech recognition takes its time. The user's
#           message is then final ("Check message.final to detect finalization", usePipecatConversation), at the latest
#           3 s later; what the user says after a pause without an answer is another message.
# Seen:     A transcript behind user-stopped-speaking cancels the timer that would finish the message, so it isn't final
#           until the bot has answered and the user speaks again. Without an answer the next words are a part of it.
#           Only a transcript that comes before user-stopped-speaking is finished.
# Output:   transcript, then stopped: "Hello" final
#           stopped, then transcript: "Hello" not final
#           the same twice, 4 s apart: "Hello, Still there?" not final
# Callbox:  its client tells each transcript as it comes, and joins none (docs/client.md).
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
  const started = ['user-started-speaking']
  const stopped = (ms) => ['user-stopped-speaking', {}, ms]
  const words = (text, ms) => ['user-transcription', { text, final: true, user_id: '', timestamp: '' }, ms]
  const cases = {
    'transcript, then stopped': [started, words('Hello'), stopped(4000)],
    'stopped, then transcript': [started, stopped(), words('Hello', 4000)],
    'the same twice, 4 s apart': [started, stopped(), words('Hello', 4000), started, stopped(),
      words('Still there?', 4000)]
  }
  const seen = []
  for (const [name, sent] of Object.entries(cases)) {
    const messages = await conversation(sent)
    seen.push(messages.map(({ parts, final }) => (
      `"${parts.map(({ text }) => text).join(', ')}" ${final ? 'final' : 'not final'}`
    )).join(' and '))
    console.log(`${name}: ${seen.at(-1)}`)
  }
  if (seen.join() !== '"Hello" final,"Hello" not final,"Hello, Still there?" not final') {
    complain('changed: not final, and one message of two, were expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node "$tmp/run.cjs"
