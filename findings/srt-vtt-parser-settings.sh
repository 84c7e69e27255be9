#!/usr/bin/env bash
# Two npm parsers of WebVTT: one doesn't find the end of a caption with a position, one reads no file with a style
#
# Software: @plussub/srt-vtt-parser 2.0.5, node-webvtt 2.0.0, Node.js 20
# Guess:    A caption's settings follow its end on the same line, and a block that begins with STYLE is a style sheet
#           (W3C WebVTT, section 4.1): both are valid, and leave the times as they are.
# Seen:     @plussub/srt-vtt-parser has null for the end of a caption with align, and two minutes for one of 2.5 s with
#           line:0. node-webvtt, which is strict by default, throws an error at a style.
# Output:   @plussub/srt-vtt-parser, plain: 2500
#           @plussub/srt-vtt-parser, with a position: null
#           @plussub/srt-vtt-parser, with a line: 120000
#           @plussub/srt-vtt-parser, with a style: 2500
#           node-webvtt, plain: 2500
#           node-webvtt, with a position: 2500
#           node-webvtt, with a line: 2500
#           node-webvtt, with a style: an error
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  @plussub/srt-vtt-parser@2.0.5 node-webvtt@2.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const READERS = {
  '@plussub/srt-vtt-parser': text => require('@plussub/srt-vtt-parser').parse(text).entries.map(cue => cue.to),
  'node-webvtt': text => require('node-webvtt').parse(text).cues.map(cue => cue.end * 1000)
}
const FILES = {
  'plain': 'WEBVTT\n\n00:01.000 --> 00:02.500\nHello\n',
  'with a position': 'WEBVTT\n\n00:01.000 --> 00:02.500 align:start\nHello\n',
  'with a line': 'WEBVTT\n\n00:01.000 --> 00:02.500 line:0 align:start\nHello\n',
  'with a style': 'WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.500\nHello\n'
}
const seen = []
for (const [reader, ends] of Object.entries(READERS)) {
  for (const [name, text] of Object.entries(FILES)) {
    let end
    try { end = JSON.stringify(ends(text)[0]) } catch (error) { end = 'an error' }
    console.log(`${reader}, ${name}: ${end}`)
    seen.push(end)
  }
}
if (seen.join() !== '2500,null,120000,2500,2500,2500,2500,an error') {
  console.error('changed: null, two minutes and an error were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
