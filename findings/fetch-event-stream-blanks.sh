#!/usr/bin/env bash
# fetch-event-stream joins the words of a bot that streams them with their blanks
#
# Software: fetch-event-stream 0.1.6, Node.js 20
# Guess:    One blank behind the colon is no part of the value, a second one is (WHATWG HTML, section 9.2.6): of "data:
#           world" the value is " world". An event without data isn't handed out.
# Seen:     All blanks in front of a value are taken off, so the pieces of a text, which servers of models send as "
#           world", are joined to one word. An event without data is handed out.
# Output:   events: 4, text: "Itisseven"
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" fetch-event-stream@0.1.6 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { events } from 'fetch-event-stream'

const STREAM = 'data: It\n\ndata:  is\n\ndata:  seven\n\nevent: ping\n\n'
const seen = []
for await (const event of events(new Response(STREAM))) seen.push(event.data)
const text = seen.slice(0, 3).join('')
console.log(`events: ${seen.length}, text: ${JSON.stringify(text)}`)
if (text !== 'Itisseven' || seen.length !== 4) {
  console.error('changed: four events were expected, and no blanks')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
