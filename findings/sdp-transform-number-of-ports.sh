#!/usr/bin/env bash
# sdp-transform can't read an m= line with a number of ports
#
# Software: sdp-transform 3.0.0, Node.js 20
# Guess:    "m=audio 49170/2 RTP/AVP 0" is parsed as port 49170 and number of ports 2, or at least with the port: RFC
#           8866, section 5.14, has the slash. What write() makes of it can be parsed again.
# Seen:     The section has no type, port, protocol or payloads, nothing is raised, and write() makes "m=undefined NaN
#           undefined" of it.
# Output:   m=audio 49170 RTP/AVP 0: type audio, port 49170; written: m=audio 49170 RTP/AVP 0
#           m=audio 49170/2 RTP/AVP 0: type undefined, port undefined; written: m=undefined NaN undefined
# Callbox:  doesn't use it; aiortc, which it uses, refuses such a line, and the error names it.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" sdp-transform@3.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { parse, write } = require('sdp-transform')
const SESSION = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n'

const seen = {}
for (const line of ['m=audio 49170 RTP/AVP 0', 'm=audio 49170/2 RTP/AVP 0']) {
  const [media] = parse(`${SESSION}${line}\r\n`).media
  seen[line] = [media.type, media.port, write(parse(`${SESSION}${line}\r\n`)).split('\r\n').at(-2)]
  console.log(`${line}: type ${media.type}, port ${media.port}; written: ${seen[line][2]}`)
}
const [one, two] = Object.values(seen)
if (one[1] !== 49170 || two[0] !== undefined || two[1] !== undefined) {
  console.error('changed: no type and no port were expected of the second line')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
