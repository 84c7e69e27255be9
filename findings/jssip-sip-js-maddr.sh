#!/usr/bin/env bash
# JsSIP and SIP.js write another host into an address that has maddr, and drop ttl
#
# Software: jssip 3.13.8, sip.js 0.21.2, Node.js 20
# Guess:    sip:kitchen@example.com;maddr=192.0.2.1;ttl=15 is the same after parse() and toString(): maddr says where
#           the request is sent, and the host stays whose address it is (RFC 3261, section 19.1.1).
# Seen:     The host becomes that of maddr, and ttl is gone: the request asks 192.0.2.1 for its own kitchen, which a
#           proxy of example.com doesn't know. Other parameters are kept.
# Output:   read: sip:kitchen@example.com;lr, JsSIP: the same, SIP.js: the same
#           read: sip:kitchen@example.com;maddr=192.0.2.1;ttl=15, JsSIP: sip:kitchen@192.0.2.1;maddr=192.0.2.1, SIP.js:
#             sip:kitchen@192.0.2.1;maddr=192.0.2.1
# Callbox:  is no SIP telephone; a dialled digit goes to the bot as DTMF by RTVI (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" jssip@3.13.8 sip.js@0.21.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const URI = require('jssip/lib/URI')
const { Grammar } = require('sip.js/lib/grammar')

const PLAIN = 'sip:kitchen@example.com;lr'
const THERE = 'sip:kitchen@example.com;maddr=192.0.2.1;ttl=15'
const seen = {}
for (const address of [PLAIN, THERE]) {
  seen[address] = [URI.parse(address), Grammar.URIParse(address)].map(String)
  const [jssip, sipjs] = seen[address].map((written) => written === address ? 'the same' : written)
  console.log(`read: ${address}, JsSIP: ${jssip}, SIP.js: ${sipjs}`)
}
const kept = seen[PLAIN].every((written) => written === PLAIN)
if (!kept || seen[THERE].some((written) => written.includes('example.com'))) {
  console.error('changed: 192.0.2.1 was expected in place of example.com')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
