#!/usr/bin/env bash
# rtc-sdp writes a candidate as a line that isn't SDP
#
# Software: rtc-sdp 1.3.1, sdp-transform 3.0.0, Node.js 20
# Guess:    addIceCandidate() takes what a browser's icecandidate event has, whose candidate begins with "candidate:"
#           (W3C, RTCIceCandidate; RFC 8839, section 5.1), and writes the attribute a=candidate:….
# Seen:     The line is written without a=, which no line of SDP may be (RFC 8866, section 5). sdp-transform reads no
#           candidate in it.
# Output:   last line: candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host
#           candidates that sdp-transform reads: 0
#           with a= written by hand: 1
# Callbox:  makes its offers with aiortc, with all candidates in them (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" rtc-sdp@1.3.1 sdp-transform@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const rtcSdp = require('rtc-sdp')

const session = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=rtpmap:111 opus/48000/2', ''].join('\r\n')
const candidate = 'candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host'

async function main () {
  const { parse } = await import('sdp-transform')
  const count = (sdp) => (parse(sdp).media[0].candidates || []).length
  const patched = rtcSdp(session)
  patched.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 })
  const written = patched.toString()
  const last = written.trim().split(/\r?\n/).pop()
  const seen = [count(written), count(`${session}a=${candidate}\r\n`)]
  console.log(`last line: ${last}`)
  console.log(`candidates that sdp-transform reads: ${seen[0]}`)
  console.log(`with a= written by hand: ${seen[1]}`)
  if (last !== candidate || seen.join() !== '0,1') {
    console.error('changed: the candidate was expected without a=')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
