#!/usr/bin/env bash
# JsSIP and SIP.js make a password of what stands behind an escaped colon in a user's name
#
# Software: jssip 3.13.8, sip.js 0.21.2, drachtio-sip 0.6.3 (npm), Node.js 20
# Guess:    sip:sips%3Auser%40example.com@example.net is of an INVITE that each must read (RFC 4475, section 3.1.1.3,
#           "Valid Use of the % Escaping Mechanism"): its user is sips:user@example.com. When it is written again, the colon
#           stays escaped, as one that isn't separates the password (RFC 3261, section 25.1: userinfo).
# Seen:     Both read the right user, and write the colon without its escape: who gets that, such as drachtio, has the user
#           sips with the password user@example.com.
# Output:   JsSIP: user sips:user@example.com, writes sip:sips:user%40example.com@example.net
#           SIP.js: user sips:user@example.com, writes sip:sips:user%40example.com@example.net
#           drachtio-sip of what was read: user sips%3Auser%40example.com, password undefined
#           drachtio-sip of what is written: user sips, password user%40example.com
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" jssip@3.13.8 sip.js@0.21.2 drachtio-sip@0.6.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parser } = require('drachtio-sip')
const { URI } = require('jssip')
const { UserAgent } = require('sip.js')

const ADDRESS = 'sip:sips%3Auser%40example.com@example.net'
const written = Object.entries({ JsSIP: URI.parse(ADDRESS), 'SIP.js': UserAgent.makeURI(ADDRESS) }).map(([name, uri]) => {
  console.log(`${name}: user ${decodeURIComponent(uri.user)}, writes ${uri}`)
  return String(uri)
})
const passwords = Object.entries({ 'was read': ADDRESS, 'is written': written[0] }).map(([name, text]) => {
  const { user, password } = parser.parseUri(text)
  console.log(`drachtio-sip of what ${name}: user ${user}, password ${password}`)
  return password
})
const expected = 'sip:sips:user%40example.com@example.net'
if (written.some((text) => text !== expected) || passwords.join() !== ',user%40example.com') {
  console.error('changed: a colon without its escape was expected of both')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
