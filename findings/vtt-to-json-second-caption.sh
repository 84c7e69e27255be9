#!/usr/bin/env bash
# vtt-to-json loses a video's second and last caption, and gives the first one the number of the second
#
# Software: vtt-to-json 0.1.1, Node.js 20
# Guess:    A WebVTT file of two captions is two sections with their times and texts, with and without numbers in front
#           of them, which are optional (W3C WebVTT, section 4.1).
# Seen:     The text of the second one is nowhere, unless the file ends without a line end. Its number, where it has
#           one, is said at the time of the first one; a second line of the first one too.
# Output:   without numbers: [[1000,"Hello"],[1000,""]]
#           with numbers: [[1000,"Hello"],[1000,"2"]]
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" vtt-to-json@0.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const read = require('vtt-to-json')

const FIRST = '00:00:01.000 --> 00:00:02.000\nHello\n'
const SECOND = '00:00:03.000 --> 00:00:04.000\nBye\n'
const FILES = {
  'without numbers': `WEBVTT\n\n${FIRST}\n${SECOND}`,
  'with numbers': `WEBVTT\n\n1\n${FIRST}\n2\n${SECOND}`
}
;(async () => {
  const seen = []
  for (const [name, text] of Object.entries(FILES)) {
    const sections = (await read(text)).map(section => [section.start, section.part])
    console.log(`${name}: ${JSON.stringify(sections)}`)
    seen.push(JSON.stringify(sections))
  }
  if (seen.join() !== '[[1000,"Hello"],[1000,""]],[[1000,"Hello"],[1000,"2"]]') {
    console.error('changed: no second caption was expected')
    process.exit(1)
  }
})()
JS
node "$tmp/run.cjs"
