#!/usr/bin/env bash
# audio-mixer plays an input with volume 0 at full volume, and another sound at half the volume in 32 bits
#
# Software: audio-mixer 2.1.4 (npm), Node.js 20
# Guess:    The volume of an input is 0 to 100, and 100 is its default (ReadMe, `Mixer.input`): with 0 it is silent,
#           with 50 each sample is half as large, in each of the depths that the package takes, 8, 16 and 32 bits.
# Seen:     0 is taken for "not given", so an input that begins muted is at its loudest; setVolume(0) mutes it. The
#           volume is always applied to 16 bits: of 32 bits both halves are, without a carry, so 65536 becomes 0.
# Output:   1000 with volume 0: 1000; after setVolume(0): 0
#           32 bits with volume 50: 1000000 is 467232, 65536 is 0, -1000000 is -467232
# Callbox:  sets the volume in ALSA's mixer or on its own samples (docs/sound/README.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" audio-mixer@2.1.4 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Mixer } = require('audio-mixer')

/** The samples that a mixer of one input gives. */
function mixed (Samples, volume, values, then) {
  return new Promise((resolve) => {
    const mixer = new Mixer({ channels: 1, bitDepth: Samples.BYTES_PER_ELEMENT * 8, sampleRate: 16000 })
    const parts = []
    mixer.on('data', (part) => parts.push(part))
    const input = mixer.input({ volume })
    if (then !== undefined) input.setVolume(then)
    input.write(Buffer.from(Samples.from(values).buffer))
    setTimeout(() => {
      mixer.close()
      resolve(Array.from(new Samples(Uint8Array.from(Buffer.concat(parts)).buffer)))
    }, 500)
  })
}

async function main () {
  const given = [1000000, 65536, -1000000]
  const muted = [await mixed(Int16Array, 0, [1000]), await mixed(Int16Array, 0, [1000], 0)]
  const half = await mixed(Int32Array, 50, given)
  console.log(`1000 with volume 0: ${muted[0]}; after setVolume(0): ${muted[1]}`)
  console.log('32 bits with volume 50:', given.map((value, index) => `${value} is ${half[index]}`).join(', '))
  if (String(muted) !== '1000,0' || String(half) !== '467232,0,-467232') {
    console.error('changed: 1000, and other numbers than the halves, were expected')
    process.exit(1)
  }
  process.exit(0)
}

main()
JS
node --no-deprecation "$tmp/run.cjs"
