#!/usr/bin/env bash
# parse-duration-ms takes "-1h 30m", which its inverse pretty-ms writes, for half an hour before
#
# Software: parse-duration-ms 0.1.0, pretty-ms 9.3.0 (npm), Node.js 20
# Guess:    Its README calls pretty-ms its inverse, and negative values and several units are supported: what pretty-ms
#           writes of a time is read as that time, also of an alarm an hour and a half before a meeting.
# Seen:     The minus stands for the first unit only: -1h 30m is -30 minutes, and -1m 30s is -30 s. pretty-ms writes it
#           once, for all of them, with short and with long words.
# Output:   5400000 ms: 1h 30m, read as 5400000
#           -5400000 ms: -1h 30m, read as -1800000
#           -90000 ms: -1m 30s, read as -30000
#           -3600000 ms: -1h, read as -3600000
# Callbox:  its settings have durations as a number in the unit that the key names (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" parse-duration-ms@0.1.0 pretty-ms@9.3.0 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import parseDuration from 'parse-duration-ms'
import prettyMs from 'pretty-ms'

const seen = []
for (const ms of [5400000, -5400000, -90000, -3600000]) {
  seen.push(parseDuration(prettyMs(ms)))
  console.log(`${ms} ms: ${prettyMs(ms)}, read as ${seen.at(-1)}`)
}
if (seen.join() !== '5400000,-1800000,-30000,-3600000') {
  console.error('changed: a minus of the first unit only was expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
