#!/usr/bin/env bash
# node-datachannel can't use a TURN server whose user name has an @
#
# Software: node-datachannel 0.33.4, its polyfill of RTCPeerConnection, Node.js 20
# Guess:    username and credential of a TURN server are any text (W3C, RTCIceServer), beside the URL: "box@example.com",
#           as many providers name their users, and an IPv6 address in brackets (RFC 7065) make a connection object.
# Seen:     Both raise SyntaxError: the parts are put together to one URL without escaping, which is split again. A colon
#           or a slash in either is taken.
# Output:   turn:turn.example:3478 with box: taken
#           turn:turn.example:3478 with 1700000000:box: taken
#           turn:turn.example:3478 with box@example.com: SyntaxError
#           turn:[2001:db8::1]:3478 with box: SyntaxError
# Callbox:  a user name of any kind is taken; docs/client.md tells of IPv6.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" node-datachannel@0.33.4 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import polyfill from 'node-datachannel/polyfill'

function taken (urls, username) {
  try {
    const connection = new polyfill.RTCPeerConnection({ iceServers: [{ urls, username, credential: 'a/b+c=' }] })
    connection.close()
    return 'taken'
  } catch (error) {
    return error.name
  }
}

const seen = []
for (const [urls, username] of [['turn:turn.example:3478', 'box'], ['turn:turn.example:3478', '1700000000:box'],
  ['turn:turn.example:3478', 'box@example.com'], ['turn:[2001:db8::1]:3478', 'box']]) {
  seen.push(taken(urls, username))
  console.log(`${urls} with ${username}: ${seen.at(-1)}`)
}
const expected = 'taken,taken,SyntaxError,SyntaxError'
if (seen.join() !== expected) console.error('changed: SyntaxError was expected of the last two')
process.exit(seen.join() === expected ? 0 : 1)
JS
node "$tmp/run.mjs"
