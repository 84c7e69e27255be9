#!/usr/bin/env bash
# sip, the npm package, reads no address of IPv6
#
# Software: sip 0.0.6, Node.js 20
# Guess:    A host may be an IPv6 address in brackets, in addresses and in Via (RFC 3261, section 25.1, IPv6reference):
#           a call of such a network is read like one of IPv4.
# Seen:     parseUri() returns undefined. Of the Via header the host is "[2001", and port and branch are gone: the
#           answer is sent to nobody, and isn't taken for the answer to this call. No error is told.
# Output:   192.0.2.7: host 192.0.2.7; Via: host 192.0.2.7, port 5060, branch z9hG4bK1
#           [2001:db8::7]: host undefined; Via: host [2001, port undefined, branch undefined
# Callbox:  is no SIP telephone; a dialled digit goes to the bot as DTMF by RTVI (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sip@0.0.6 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const sip = require('sip')

const seen = []
for (const host of ['192.0.2.7', '[2001:db8::7]']) {
  const lines = ['OPTIONS sip:box@example.com SIP/2.0', `Via: SIP/2.0/UDP ${host}:5060;branch=z9hG4bK1`,
    `From: <sip:kitchen@${host}>;tag=1`, 'To: <sip:box@example.com>', 'Call-ID: 1', 'CSeq: 1 OPTIONS', '', '']
  const [via] = sip.parse(lines.join('\r\n')).headers.via
  const address = sip.parseUri(`sip:kitchen@${host}`)
  console.log(`${host}: host ${address?.host}; Via: host ${via.host}, port ${via.port}, branch ${via.params.branch}`)
  seen.push(address?.host, via.host, via.params.branch)
}
if (seen.map(String).join() !== '192.0.2.7,192.0.2.7,z9hG4bK1,undefined,[2001,undefined') {
  console.error('changed: no host and no branch were expected with IPv6')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
