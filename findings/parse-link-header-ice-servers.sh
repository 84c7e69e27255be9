#!/usr/bin/env bash
# parse-link-header keeps the last of WHIP's ICE servers, and loses a credential that ends with ==
#
# Software: parse-link-header 2.0.0 (npm), Node.js 20
# Guess:    RFC 9725, section 4.6: a WHIP server tells ICE servers in Link headers, all with rel="ice-server" (RFC 8288 lets
#           several links have one relation), a TURN server's with username and credential. TURN's REST API has base64 for
#           those: of 20 octets, they end with "=", of 16 or 19 with "==".
# Seen:     Links are kept by their relation, so that one of three servers is left. A credential that ends with "==" becomes a
#           parameter of another name. http-link-header 1.1.3 has all of both.
# Output:   servers: turns:turn.example.net
#           credential of bXlQYXNzd29yZHM=: bXlQYXNzd29yZHM=
#           credential of bXlQYXNzd29yZA==: undefined; parameters: rel, username, credential="bXlQYXNzd29yZA, credential-type
# Callbox:  gets ICE servers from the bot's start endpoint as JSON; it speaks no WHIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" parse-link-header@2.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const parse = require('parse-link-header')

const link = (url, credential) =>
  `<${url}>; rel="ice-server"; username="kitchen"; credential="${credential}"; credential-type="password"`
const servers = ['stun:stun.example.net', 'turn:turn.example.net', 'turns:turn.example.net']
const found = parse(servers.map(url => link(url, 'secret')).join(', '))
const seen = [`servers: ${Object.values(found).map(one => one.url)}`]
for (const credential of ['bXlQYXNzd29yZHM=', 'bXlQYXNzd29yZA==']) {
  const { url, ...server } = parse(link(servers[1], credential))['ice-server']
  const others = server.credential ? '' : `; parameters: ${Object.keys(server).join(', ')}`
  seen.push(`credential of ${credential}: ${server.credential}${others}`)
}
console.log(seen.join('\n'))
if (
  seen[0] !== 'servers: turns:turn.example.net' ||
  !seen[1].endsWith(': bXlQYXNzd29yZHM=') ||
  !seen[2].includes(': undefined; parameters: rel, username, credential="')
) {
  console.error('changed: one server, and no credential of ==, were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
