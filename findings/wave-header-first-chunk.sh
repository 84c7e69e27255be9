#!/usr/bin/env bash
# wave-header, which mends the header of a WAV file, silences the sound behind it
#
# Software: @wpdas/wave-header 1.0.1 (npm), Node.js 20
# Guess:    rewriteHeaderInBufferChunk() gives back the first part of a stream with the new header in place of the old
#           one, and the same samples as before: its README does so with a file whose lengths FFmpeg couldn't know.
# Seen:     The samples of that part are all 0, a whole stream of a short announcement, and in the buffer that was
#           given, too. From a file stream the first 64 KiB come at once: 2 s at 16 kHz.
# Output:   before: 8000 samples of 1000
#           after: 0 samples of 1000, 8000 of 0; in the buffer that was given: 0 of 1000
# Callbox:  writes WAV files with Python's wave, which mends the header when the file is closed
#           (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @wpdas/wave-header@1.0.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { generateHeader, rewriteHeaderInBufferChunk } = require('@wpdas/wave-header')

const SAMPLES = 8000
const OPTIONS = { channels: 1, sampleRate: 16000, bitDepth: 16 }
const count = (buffer, value) => {
  let found = 0
  for (let offset = 44; offset < buffer.length; offset += 2) if (buffer.readInt16LE(offset) === value) found++
  return found
}
const sound = Buffer.alloc(SAMPLES * 2)
for (let index = 0; index < SAMPLES; index++) sound.writeInt16LE(1000, index * 2)
const stream = Buffer.concat([generateHeader(0, OPTIONS), sound]) // 0: a length that isn't known
const before = count(stream, 1000)
const mended = rewriteHeaderInBufferChunk(generateHeader(sound.length, OPTIONS), stream)
const after = [count(mended, 1000), count(mended, 0), count(stream, 1000)]
console.log(`before: ${before} samples of 1000`)
console.log(`after: ${after[0]} samples of 1000, ${after[1]} of 0; in the buffer that was given: ${after[2]} of 1000`)
if (before !== SAMPLES || String(after) !== '0,8000,0') {
  console.error('changed: silence was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
