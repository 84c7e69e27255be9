#!/usr/bin/env bash
# subsrt reads a file whose lines end with LF as one caption, and drops one with a position or a hundredth hour
#
# Software: subsrt 1.1.1, Node.js 20
# Guess:    SRT and WebVTT are read with either end of a line (W3C WebVTT, section 4.1, takes LF, CR LF and CR), and
#           what build() has written parse() reads.
# Seen:     Without CR the first caption has all others in its text, with their numbers and times, and a WebVTT file has
#           no caption at all. A caption with settings is left out, and so is one that ends in an hour of three digits,
#           which build() writes.
# Output:   SRT, CR LF: 2 captions
#           SRT, LF: 1 captions
#           WebVTT, CR LF: 2 captions
#           WebVTT, LF: 0 captions
#           WebVTT, CR LF, with a position: 1 captions
#           its own, until 100:00:00: 0 captions
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" subsrt@1.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { build, parse } = require('subsrt')

const SRT = '1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:01:00,000 --> 00:01:01,000\nBye\n'
const VTT = 'WEBVTT\n\n' + SRT.replace(/,/g, '.')
const LATE = [{ type: 'caption', start: 359999000, end: 360000000, text: 'Late' }]
const crlf = text => text.replace(/\n/g, '\r\n')
const CASES = {
  'SRT, CR LF': crlf(SRT),
  'SRT, LF': SRT,
  'WebVTT, CR LF': crlf(VTT),
  'WebVTT, LF': VTT,
  'WebVTT, CR LF, with a position': crlf(VTT.replace('02.500', '02.500 align:start')),
  'its own, until 100:00:00': build(LATE, { format: 'srt' })
}
const seen = []
for (const [name, text] of Object.entries(CASES)) {
  const format = text.startsWith('WEBVTT') ? 'vtt' : 'srt'
  const captions = parse(text, { format }).filter(item => item.type === 'caption')
  console.log(`${name}: ${captions.length} captions`)
  seen.push(captions.length)
}
if (seen.join() !== '2,1,2,0,1,0') {
  console.error('changed: 2, 1, 2, 0, 1 and 0 captions were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
