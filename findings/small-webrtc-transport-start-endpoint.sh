#!/usr/bin/env bash
# Pipecat's SmallWebRTC transport for JavaScript changes the host of an endpoint that begins with "start"
#
# Software: @pipecat-ai/small-webrtc-transport 1.10.8, @pipecat-ai/client-js 1.13.1, Node.js 20
# Guess:    After startBot() at https://…/start the offer goes to …/sessions/ID/api/offer of the same server: the last
#           part of the path is replaced.
# Seen:     The first "/start" of the whole URL is replaced: with a server named start.example the offer goes to a host
#           named "sessions", and of /starter/start the path is broken. An error tells of a failed fetch only.
# Output:   https://bots.example/start: https://bots.example/sessions/42/api/offer
#           https://start.example/start: https://sessions/42/api/offer.example/start
#           https://bots.example/starter/start: https://bots.example/sessions/42/api/offerer/start
# Callbox:  replaces the end of the path only (transports/small_webrtc).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  @pipecat-ai/small-webrtc-transport@1.10.8 @pipecat-ai/client-js@1.13.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
globalThis.window = {} // as in a browser
const { SmallWebRTCTransport } = require('@pipecat-ai/small-webrtc-transport')

const mediaManager = { setUserAudioCallback () {}, setClientOptions () {} }
const endpoints = ['https://bots.example/start', 'https://start.example/start', 'https://bots.example/starter/start']
const seen = endpoints.map((endpoint) => {
  const transport = new SmallWebRTCTransport({ mediaManager })
  transport.startBotParams = { endpoint } // as startBot() sets it
  const { webrtcRequestParams } = transport._validateConnectionParams({ sessionId: '42' }) // as connect() calls it
  console.log(`${endpoint}: ${webrtcRequestParams.endpoint}`)
  return webrtcRequestParams.endpoint
})
if (seen[0] !== 'https://bots.example/sessions/42/api/offer' || !seen[1].startsWith('https://sessions/') ||
  !seen[2].endsWith('/offerer/start')) {
  console.error('changed: the first /start of each URL was expected to be replaced')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
