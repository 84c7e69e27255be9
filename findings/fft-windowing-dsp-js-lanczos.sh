#!/usr/bin/env bash
# fft-windowing makes NaN of the middle sample by a Lanczos window, and dsp.js has no function for its own
#
# Software: fft-windowing 0.1.4, dsp.js 1.0.1 (npm), Node.js 20
# Guess:    The Lanczos window is the main lobe of a sinc, which is 1 in its middle. The Blackman-Nuttall window is
#           0.3635819 - 0.4891775 cos + 0.1365995 cos - 0.0106411 cos: from 0.0004 up to 1 (Nuttall 1981). Both packages
#           list the first one, fft-windowing the second one too.
# Seen:     fft-windowing divides 0 by 0 in the middle of an odd number of samples, so each value of a transform is NaN.
#           Its Blackman-Nuttall window has 0.3635819 twice: it begins with 0.126 and ends its rise at 0.874. dsp.js
#           looks for WindowFunction.Lanczoz, and raises TypeError when it is used.
# Output:   fft-windowing, Lanczos: 0.000 0.300 0.637 0.900 NaN 0.900 0.637 0.300 0.000
#           fft-windowing, Blackman-Nuttall: 0.126 0.114 0.227 0.613 0.874 0.613 0.227 0.114 0.126
#           dsp.js, Lanczos: this.func is not a function
# Callbox:  transforms no sound in JavaScript.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" fft-windowing@0.1.4 dsp.js@1.0.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { DSP, WindowFunction } = require('dsp.js')
const windowing = require('fft-windowing')

const ones = () => new Array(9).fill(1)
const text = (samples) => samples.map((sample) => sample.toFixed(3)).join(' ')
const seen = [text(windowing.lanczos(ones())), text(windowing.blackman_nuttall(ones()))]
try {
  seen.push(text(new WindowFunction(DSP.LANCZOS).process(ones())))
} catch (error) {
  seen.push(error.message)
}
console.log(`fft-windowing, Lanczos: ${seen[0]}`)
console.log(`fft-windowing, Blackman-Nuttall: ${seen[1]}`)
console.log(`dsp.js, Lanczos: ${seen[2]}`)
if (!seen[0].includes('NaN') || !seen[1].startsWith('0.126') || seen[2] !== 'this.func is not a function') {
  console.error('changed: NaN, 0.126 at first, and a TypeError were expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
