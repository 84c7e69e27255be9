#!/usr/bin/env bash
# normalice leaves the example of its documentation as it is, and each server of turns: and stuns:
#
# Software: normalice 1.0.1 (npm), Node.js 20
# Guess:    normalice('stun.l.google.com:19302') is an object with url and urls, as the documentation's only example shows:
#           a server without a scheme is one of STUN. The schemes are stun, stuns, turn and turns (RFC 7064, RFC 7065).
# Seen:     What doesn't begin with stun: or turn: comes back as the text that it was, also turns:, by which a call gets
#           through a firewall. A list with such a text isn't what RTCPeerConnection takes (W3C, RTCIceServer), and no
#           error says so before.
# Output:   stun:stun.example.com -> {"url":"stun:stun.example.com","urls":["stun:stun.example.com"]}
#           turn:turn.example.com -> {"url":"turn:turn.example.com","urls":["turn:turn.example.com"]}
#           stun.l.google.com:19302 -> "stun.l.google.com:19302"
#           turns:turn.example.com:443?transport=tcp -> "turns:turn.example.com:443?transport=tcp"
#           stuns:stun.example.com -> "stuns:stun.example.com"
# Callbox:  checks the URLs of its STUN and TURN servers itself (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" normalice@1.0.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const normalice = require('normalice')

const servers = ['stun:stun.example.com', 'turn:turn.example.com', 'stun.l.google.com:19302',
  'turns:turn.example.com:443?transport=tcp', 'stuns:stun.example.com']
const made = servers.map((server) => normalice(server))
servers.forEach((server, index) => console.log(`${server} -> ${JSON.stringify(made[index])}`))
if (made.map((server) => typeof server).join() !== 'object,object,string,string,string') {
  console.error('changed: texts were expected of the last three')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
