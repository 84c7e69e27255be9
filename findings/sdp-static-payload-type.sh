#!/usr/bin/env bash
# sdp, the npm package, drops the codecs that have no a=rtpmap line
#
# Software: sdp 3.2.2, Node.js 20
# Guess:    "m=audio 9 RTP/AVP 0 8 101" offers PCMU and PCMA: their payload types are static, and need no a=rtpmap line
#           (RFC 8866, section 6.6; RFC 3551, table 4).
# Seen:     parseRtpParameters() tells telephone-event alone, without an error, and a section that is written of it
#           offers the keys of a telephone without its voice. A section with static types alone has no codec at all.
# Output:   with a=rtpmap for each: PCMU, PCMA, telephone-event
#           with a=rtpmap for 101 only: telephone-event
#           written: m=audio 9 RTP/AVP 101
# Callbox:  doesn't use it; its offers have an a=rtpmap line for each payload type.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp@3.2.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const sdp = require('sdp')

const STATIC = ['a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000']
const section = (lines) => ['m=audio 9 RTP/AVP 0 8 101', ...lines, 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n')
const parsed = (lines) => sdp.parseRtpParameters(section(lines))
const names = (lines) => parsed(lines).codecs.map((codec) => codec.name).join(', ')
const [all, one] = [names(STATIC), names([])]
const [written] = sdp.writeRtpDescription('audio', parsed([])).split('\r\n')
console.log('with a=rtpmap for each:', all)
console.log('with a=rtpmap for 101 only:', one)
console.log('written:', written)
if (all !== 'PCMU, PCMA, telephone-event' || one !== 'telephone-event') {
  console.error('changed: telephone-event alone was expected of the second section')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
