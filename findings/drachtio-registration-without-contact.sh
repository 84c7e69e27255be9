#!/usr/bin/env bash
# drachtio's registration parser refuses a query, a registration without a time, and takes two contacts for none
#
# Software: drachtio-mw-registration-parser 0.1.2, drachtio-sip 0.6.3 (npm), Node.js 20
# Guess:    A REGISTER without Contact asks which contacts there are (RFC 3261, section 10.2.3). One without a time of
#           expiry lets the registrar choose, such as an hour (section 10.2.1.1). Each contact has a time of its own, so one
#           with expires=0 beside another with 600 removes the first and adds the second one (section 10.2.1.1).
# Seen:     Both of the former are answered with 400 by the parser, before the application sees them. Of several contacts
#           the first one's time counts for all: "unregister", though one is to be added.
# Output:   Contact with expires=600: register, 600 s
#           no Contact: 400
#           Contact without a time: 400
#           Contact with expires=0, another with 600: unregister, 0 s
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" drachtio-mw-registration-parser@0.1.2 drachtio-sip@0.6.3 \
  > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const parse = require('drachtio-mw-registration-parser')
const { SipMessage } = require('drachtio-sip')

const HEADERS = {
  'Contact with expires=600': 'Contact: <sip:box@192.0.2.7>;expires=600\r\n',
  'no Contact': '',
  'Contact without a time': 'Contact: <sip:box@192.0.2.7>\r\n',
  'Contact with expires=0, another with 600':
    'Contact: <sip:box@192.0.2.7>;expires=0, <sip:box@192.0.2.8>;expires=600\r\n'
}
const seen = Object.entries(HEADERS).map(([name, contact]) => {
  const request = new SipMessage('REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1\r\n' +
    `From: <sip:box@example.com>;tag=1\r\nTo: <sip:box@example.com>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n${contact}\r\n`)
  let text
  const response = { send: (status) => { text = String(status) } }
  parse(request, response, () => { text = `${request.registration.type}, ${request.registration.expires} s` })
  console.log(`${name}: ${text}`)
  return text
})
if (seen.join('; ') !== 'register, 600 s; 400; 400; unregister, 0 s') {
  console.error('changed: 400 was expected twice, and unregister of two contacts')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
