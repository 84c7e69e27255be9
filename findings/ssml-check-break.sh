#!/usr/bin/env bash
# ssml-check has an unknown error with the pause of SSML, and takes any way to read a number
#
# Software: ssml-check-core 0.3.9, which ssml-check is built on, Node.js 20
# Guess:    <break/> without attributes is a pause, whose length the voice chooses (SSML 1.1, section 3.2.3), so check()
#           has no errors. The ways of <say-as> are a list; one that Alexa doesn't have is an error.
# Seen:     <break/> is an "unknown error", with which verifyAndFix() has no corrected text. For Alexa each interpret-as
#           is right.
# Output:   <break/>: [{"type":"unknown error"}]
#           <break strength="medium"/>: no error
#           <say-as interpret-as="nonsense"> for Alexa: no error
# Callbox:  plays and shows what the bot sends.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ssml-check-core@0.3.9 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { check } = require('ssml-check-core')

async function main () {
  const seen = []
  for (const [text, name] of [
    ['<break/>', '<break/>'],
    ['<break strength="medium"/>', '<break strength="medium"/>'],
    ['<say-as interpret-as="nonsense">5</say-as>', '<say-as interpret-as="nonsense"> for Alexa']
  ]) {
    const errors = await check(`<speak>One ${text} two</speak>`, { platform: 'amazon' })
    seen.push(errors ? JSON.stringify(errors) : 'no error')
    console.log(`${name}: ${seen.at(-1)}`)
  }
  if (seen.join() !== '[{"type":"unknown error"}],no error,no error') {
    console.error('changed: an unknown error of <break/> alone was expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
