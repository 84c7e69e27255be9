#!/usr/bin/env bash
# ssml-builder writes SSML that no parser takes when an alias has an apostrophe, or an address two parameters
#
# Software: ssml-builder 0.4.3, fast-xml-parser 4.5.3, Node.js 20
# Guess:    What it writes is XML: it escapes & and < in the text, so it does in attributes, where the apostrophe that
#           encloses them is one more (XML 1.0, section 2.3).
# Seen:     Attributes are written as they are: the alias of "seven o'clock" ends behind the o, and the & of an address
#           is a reference without a name.
# Output:   text: It&apos;s 5 &amp; not 7, valid: true
#           alias: <sub alias='seven hours'>7:00</sub>, valid: true
#           alias with an apostrophe: <sub alias='seven o'clock'>7:00</sub>, valid: false
#           address: <audio src='https://example.org/bell?loud=1&short=1'/>, valid: true
# Callbox:  sends no SSML; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ssml-builder@0.4.3 fast-xml-parser@4.5.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { XMLValidator } = require('fast-xml-parser')
const Speech = require('ssml-builder')

const CASES = {
  'text': speech => speech.say("It's 5 & not 7"),
  'alias': speech => speech.sub('seven hours', '7:00'),
  'alias with an apostrophe': speech => speech.sub("seven o'clock", '7:00'),
  'address': speech => speech.audio('https://example.org/bell?loud=1&short=1')
}
const seen = []
for (const [name, add] of Object.entries(CASES)) {
  const speech = new Speech()
  add(speech)
  const valid = XMLValidator.validate(speech.ssml()) === true
  console.log(`${name}: ${speech.ssml(true)}, valid: ${valid}`)
  seen.push(valid)
}
if (seen.slice(0, 3).join() !== 'true,true,false') {
  console.error('changed: an invalid alias was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
