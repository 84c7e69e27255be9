#!/usr/bin/env bash
# vtt-creator writes 60 seconds, and text that a player takes for a tag
#
# Software: vtt-creator 1.1.1, webvtt-parser 2.2.0 (W3C's validator), Node.js 20
# Guess:    A caption at 59.9996 s begins at 00:00:59.999 or at 00:01:00.000: seconds go from 00 to 59 (W3C WebVTT,
#           section 4.1). A less-than sign of the text is written as &lt; (section 4.2.2).
# Seen:     The seconds are rounded by themselves, to 00:00:60.000, which a parser refuses with the caption. The text is
#           written as it is, so all behind < is a tag.
# Output:   59.999 s, Hello: 00:00:59.999, captions read: 1, errors: 0
#           59.9996 s, Hello: 00:00:60.000, captions read: 0, errors: 2
#           59.999 s, Is 3 <5?: 00:00:59.999, captions read: 1, errors: 2
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" vtt-creator@1.1.1 webvtt-parser@2.2.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const Vtt = require('vtt-creator')
const { WebVTTParser } = require('webvtt-parser')

const seen = []
for (const [start, text] of [[59.999, 'Hello'], [59.9996, 'Hello'], [59.999, 'Is 3 <5?']]) {
  const vtt = new Vtt()
  vtt.add(start, 61, text)
  const { cues, errors } = new WebVTTParser().parse(vtt.toString(), 'metadata')
  const asText = new WebVTTParser().parse(vtt.toString(), 'subtitles').errors.map(error => error.message)
  console.log(`${start} s, ${text}: ${vtt.toString().split('\n')[3].split(' ')[0]}, captions read: ${cues.length},`,
    `errors: ${errors.length + asText.length}`)
  seen.push(errors.length + asText.length > 0)
}
if (seen.join() !== 'false,true,true') {
  console.error('changed: errors of the second and third caption were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
