#!/usr/bin/env bash
# ndef-lib writes another web address onto a card than it was told, and refuses a message whose second record has chunks
#
# Software: ndef-lib 0.1.1 (npm), Node.js 20
# Guess:    The address on a card is the one that setUri() was given: what has been encoded isn't encoded once more (RFC
#           3986, 2.4). A message may have several records in chunks (NFC Forum, NDEF 1.0, 2.3.3).
# Seen:     It encodes the percent signs, so that a telephone opens /a%2520b in place of /a%20b; its own getUri()
#           decodes them and shows no difference. After the last chunk of a record it keeps the chunks, so the first one
#           of the next record is an error.
# Output:   https://example.org/a%20b: on the card https://example.org/a%2520b, getUri() https://example.org/a%20b
#           one record in chunks: abcd
#           two records in chunks: NdefExceptionMessages.ExMessagePartialChunk
# Callbox:  reads no cards.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ndef-lib@0.1.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { NdefMessage, NdefUriRecord } = require('ndef-lib')

const BEGIN = 0x80
const END = 0x40
const CHUNK = 0x20
const SHORT = 0x10
const MIME = 2
const UNCHANGED = 6

const uri = new NdefUriRecord()
uri.setUri('https://example.org/a%20b')
const payload = uri.getPayload()
const written = NdefUriRecord.Abbreviations[payload[0]] + Buffer.from(payload.slice(1)).toString()
console.log(`https://example.org/a%20b: on the card ${written}, getUri() ${uri.getUri()}`)

const record = (flags, type, text) => [flags | SHORT, type.length, text.length, ...Buffer.from(type + text)]
const chunks = (first, second, begin, end) =>
  [...record(begin | CHUNK | MIME, 'a/b', first), ...record(end | UNCHANGED, '', second)]

/** The payloads of the records, or the error. */
function read (message) {
  try {
    const records = NdefMessage.fromByteArray(message).getRecords()
    return records.map(record => Buffer.from(record.getPayload()).toString()).join(', ')
  } catch (error) {
    return error
  }
}
const one = read(chunks('ab', 'cd', BEGIN, END))
const two = read([...chunks('ab', 'cd', BEGIN, 0), ...chunks('ef', 'gh', 0, END)])
console.log(`one record in chunks: ${one}`)
console.log(`two records in chunks: ${two}`)
if (written !== 'https://example.org/a%2520b' || one !== 'abcd' || !two.includes('PartialChunk')) {
  console.error('changed: %2520 was expected, and an error')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
