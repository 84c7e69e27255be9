#!/usr/bin/env bash
# Webex' ts-sdp refuses a whole session for a parameter whose value has an =
#
# Software: @webex/ts-sdp 1.8.2, Node.js 20
# Guess:    "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==" is taken: such a value is in
#           base64, which ends in = or == (RFC 6184, section 8.1).
# Seen:     parse() raises an error, "Fmtp params is invalid", for the session with all its media; without == it
#           doesn't. A door station with a camera can't be called, for a parameter that its sound has nothing to do
#           with.
# Output:   Z0IACpZTBYmI,aMljiA: taken
#           Z0IACpZTBYmI,aMljiA==: Error
# Callbox:  doesn't use it; its offers are audio only, with parameters that are numbers.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @webex/ts-sdp@1.8.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parse } = require('@webex/ts-sdp')

const LINES = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0',
  'a=mid:0', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:1', 'a=rtpmap:96 H264/90000']

function taken (sets) {
  const parameters = `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${sets}`
  try {
    return parse([...LINES, parameters, ''].join('\r\n')).avMedia.length === 2 ? 'taken' : 'incomplete'
  } catch (error) {
    return error.name
  }
}

const [without, with2] = ['Z0IACpZTBYmI,aMljiA', 'Z0IACpZTBYmI,aMljiA=='].map((sets) => {
  const result = taken(sets)
  console.log(`${sets}: ${result}`)
  return result
})
if (without !== 'taken' || with2 !== 'Error') {
  console.error('changed: an error was expected of == alone')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
