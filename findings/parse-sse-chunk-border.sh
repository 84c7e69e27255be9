#!/usr/bin/env bash
# parse-sse makes two events of one when a chunk ends between the CR and the LF of a line's end
#
# Software: parse-sse 0.1.0, Node.js 20
# Guess:    CR LF is one end of a line (WHATWG HTML, section 9.2.5), wherever a chunk of the response ends: an event of
#           two lines is one event.
# Seen:     A CR at the end of a chunk and the LF at the beginning of the next one are two ends, so an empty line, which
#           ends the event: a text of two lines comes as two.
# Output:   ["data: one\r\ndata: two\r\n\r\n"]: ["one\ntwo"]
#           ["data: one\r\n","data: two\r\n\r\n"]: ["one\ntwo"]
#           ["data: one\r","\ndata: two\r\n\r\n"]: ["one","two"]
# Callbox:  reads no server-sent events; what its bots say comes through a data channel or a WebSocket.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" parse-sse@0.1.0 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { parseServerSentEvents } from 'parse-sse'

const CASES = [
  ['data: one\r\ndata: two\r\n\r\n'],
  ['data: one\r\n', 'data: two\r\n\r\n'],
  ['data: one\r', '\ndata: two\r\n\r\n']
]
const seen = []
for (const chunks of CASES) {
  const stream = new ReadableStream({
    start (controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    }
  })
  const response = new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
  const events = []
  for await (const event of parseServerSentEvents(response)) events.push(event.data)
  console.log(`${JSON.stringify(chunks)}: ${JSON.stringify(events)}`)
  seen.push(events.length)
}
if (seen.join() !== '1,1,2') {
  console.error('changed: one event, one and two were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
