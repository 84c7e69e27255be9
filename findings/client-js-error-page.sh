#!/usr/bin/env bash
# Pipecat's JavaScript client loses the status of an error page, and can't start again
#
# Software: @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    startBot() at an address that answers 502 with an HTML page, as a proxy before a bot does, rejects with
#           StartBotError and status 502, calls onError, and can be called again: so it does after a 502 with JSON.
# Seen:     It rejects with the JSON parser's SyntaxError, without a status, and onError isn't called. After both errors
#           the client's state stays "authenticating": the next startBot() is refused with BotAlreadyStartedError until
#           disconnect() is called.
# Output:   502, /json: StartBotError, status 502, onError called: true
#             state disconnected, a second startBot(): StartBotError
#           502, /html: SyntaxError, status undefined, onError called: false
#             state authenticating, a second startBot(): BotAlreadyStartedError
# Callbox:  its client tells the status of any page, and a JSON page's error (callbox/rtvi/protocol/http_errors.py); a
#           press calls again.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @pipecat-ai/client-js@1.13.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const http = require('node:http')
globalThis.window = {} // as in a browser
const pipecat = require('@pipecat-ai/client-js')
const { BotAlreadyStartedError, LogLevel, logger, PipecatClient, StartBotError, Transport } = pipecat
const PAGES = {
  '/json': ['application/json', '{"detail": "no bot is free"}'],
  '/html': ['text/html', '<html><body>Bad Gateway</body></html>']
}
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

async function start (address) {
  const errors = []
  const client = new PipecatClient({
    transport: new Wire(),
    enableMic: false,
    callbacks: { onError: (message) => errors.push(message) }
  })
  const rejections = []
  for (let time = 0; time < 2; time++) {
    try {
      await client.startBot({ endpoint: address })
    } catch (error) {
      rejections.push(error)
    }
  }
  return { rejections, errors, state: client.state }
}

function named (error) {
  if (error instanceof StartBotError) return 'StartBotError'
  return error instanceof BotAlreadyStartedError ? 'BotAlreadyStartedError' : error.name
}

async function main () {
  const server = http.createServer((request, response) => {
    const [type, text] = PAGES[request.url]
    response.writeHead(502, { 'content-type': type }).end(text)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const seen = {}
  for (const page of Object.keys(PAGES)) {
    const result = await start(`http://127.0.0.1:${server.address().port}${page}`)
    const [first, second] = result.rejections.map(named)
    seen[page] = [first, result.rejections[0].status, result.errors.length > 0, result.state, second].join(' ')
    const { status } = result.rejections[0]
    console.log(`502, ${page}: ${first}, status ${status}, onError called: ${result.errors.length > 0}`)
    console.log(`  state ${result.state}, a second startBot(): ${second}`)
  }
  server.close()
  server.closeAllConnections()
  if (seen['/json'] !== 'StartBotError 502 true disconnected StartBotError' ||
      seen['/html'] !== 'SyntaxError  false authenticating BotAlreadyStartedError') {
    console.error('changed: SyntaxError without a status was expected of the HTML page')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
