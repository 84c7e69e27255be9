#!/usr/bin/env bash
# g711, the npm package, makes noise of quiet A-law: -1 comes back as -248
#
# Software: g711 1.0.1, alawmulaw 6.0.0 (npm), Node.js 20
# Guess:    A-law is finest at small samples, in steps of 16 of 16 bits (ITU-T G.711, table 1a): -1 comes back as -8, the
#           nearest value below 0, as alawmulaw gives it, and no small sample is off by more than 8.
# Seen:     -1 to -7 come back as -248, and other small ones one step too high. Silence whose last bit flickers between 0
#           and -1 becomes a rattle between 8 and -248. mu-law is right.
# Output:   -1: alawmulaw -8, g711 -248
#           largest error of A-law from -256 to 255: alawmulaw 8, g711 247
#           largest error of mu-law from -256 to 255: alawmulaw 8, g711 8
# Callbox:  sends Opus; it has no A-law.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" g711@1.0.1 alawmulaw@6.0.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { alaw, mulaw } = require('alawmulaw')
const g711 = require('g711')

const samples = Int16Array.from({ length: 512 }, (_, index) => index - 256)
const decoded = {
  alaw: [alaw.decode(alaw.encode(samples)), g711.alawToPCM(g711.alawFromPCM(samples))],
  mulaw: [mulaw.decode(mulaw.encode(samples)), g711.ulawToPCM(g711.ulawFromPCM(samples))]
}
const error = (sound) => samples.reduce((most, sample, index) => Math.max(most, Math.abs(sound[index] - sample)), 0)
const quiet = decoded.alaw.map((sound) => sound[255])
const errors = [...decoded.alaw, ...decoded.mulaw].map(error)
console.log(`-1: alawmulaw ${quiet[0]}, g711 ${quiet[1]}`)
console.log(`largest error of A-law from -256 to 255: alawmulaw ${errors[0]}, g711 ${errors[1]}`)
console.log(`largest error of mu-law from -256 to 255: alawmulaw ${errors[2]}, g711 ${errors[3]}`)
if (quiet.join() !== '-8,-248' || errors.join() !== '8,247,8,8') {
  console.error('changed: -248, and errors up to 247, were expected of A-law')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
