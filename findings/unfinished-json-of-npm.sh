#!/usr/bin/env bash
# Three npm parsers of a model's unfinished JSON refuse, change or drop what is in complete JSON
#
# Software: incomplete-json-parser 1.1.5, partial-json 0.1.7, json-autocomplete 0.1.3, Node.js 20
# Guess:    What reads unfinished JSON reads complete JSON as JSON.parse() does, with white space, empty objects and
#           exponents as RFC 8259 allows them: the last part of a stream makes the document complete.
# Seen:     incomplete-json-parser makes 12 of 1E+2, and refuses an empty object. partial-json drops all that follows an
#           empty list with a blank in it. json-autocomplete adds a brace behind an empty object, and text behind a
#           brace in a text, so that JSON.parse() refuses the result.
# Output:   incomplete-json-parser: [1E+2] is [12]
#           incomplete-json-parser: {"a": {}, "b": 1} is an error
#           partial-json: {"a": [ ], "b": 1} is {"a":[]}
#           json-autocomplete: {"a": {}, "b": 1} is an error
#           json-autocomplete: {"a": "a {smile}"} is an error
# Callbox:  its messages are whole: a tool's arguments come as one JSON object (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  incomplete-json-parser@1.1.5 partial-json@0.1.7 json-autocomplete@0.1.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { IncompleteJsonParser } = require('incomplete-json-parser')
const { parse } = require('partial-json')
const complete = require('json-autocomplete')

const READERS = {
  'incomplete-json-parser': text => IncompleteJsonParser.parse(text),
  'partial-json': text => parse(text),
  'json-autocomplete': text => JSON.parse((complete.default ?? complete)(text))
}
const DOCUMENTS = ['[1E+2]', '{"a": {}, "b": 1}', '{"a": [ ], "b": 1}', '{"a": "a {smile}"}']
const seen = []
for (const [name, read] of Object.entries(READERS)) {
  for (const document of DOCUMENTS) {
    let text
    try { text = JSON.stringify(read(document)) } catch (error) { text = 'an error' }
    if (text === JSON.stringify(JSON.parse(document))) continue
    console.log(`${name}: ${document} is ${text}`)
    seen.push(text)
  }
}
if (seen.join() !== '[12],an error,{"a":[]},an error,an error') {
  console.error('changed: one or two differences were expected of each')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
