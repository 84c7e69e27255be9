#!/usr/bin/env bash
# wavefile makes silence of the end of a sound in IMA ADPCM, and of all of a short one
#
# Software: wavefile 11.0.0, Node.js 20
# Guess:    toIMAADPCM() codes 8000 samples in 16 blocks of 505, and the fact chunk says how many of them count
#           (Microsoft, New Multimedia Data Types, 1994, "Fact Chunk"): fromIMAADPCM() gives 8000 back, or 8080 with
#           what fills up the last block.
# Seen:     What doesn't fill a block comes back as silence, some times as long: 425 samples of 8000 are lost, and 400
#           of 400. The fact chunk counts the silence, too.
# Output:   400 samples: fact chunk 800, read 800, silence from 0 on
#           1000 samples: fact chunk 2000, read 2000, silence from 506 on
#           8000 samples: fact chunk 9144, read 9144, silence from 7590 on
# Callbox:  its own sounds are PCM (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" wavefile@11.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { WaveFile } = require('wavefile')

const seen = []
for (const length of [400, 1000, 8000]) {
  const file = new WaveFile()
  file.fromScratch(1, 8000, '16', Array.from({ length }, (_, index) => Math.round(8000 + 1000 * Math.sin(index / 5))))
  file.toIMAADPCM()
  const fact = file.fact.dwSampleLength
  const back = new WaveFile(file.toBuffer())
  back.fromIMAADPCM()
  const samples = back.getSamples(false, Int16Array)
  const end = samples.findLastIndex((sample) => sample !== 0) + 1
  console.log(`${length} samples: fact chunk ${fact}, read ${samples.length}, silence from ${end} on`)
  seen.push(samples.length, end)
}
if (seen.join() !== '800,0,2000,506,9144,7590') {
  console.error('changed: silence was expected behind the last full block')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
