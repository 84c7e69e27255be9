#!/usr/bin/env bash
# dns-packet doesn't know the class of an mDNS question that asks for a unicast answer
#
# Software: dns-packet 5.6.1 (npm; multicast-dns and bonjour-service read their packets with it), Node.js 20
# Guess:    The top bit of a question's class is the QU bit, and the class is the rest (RFC 6762, sections 5.4 and
#           18.12), as the top bit of a record's class is the cache-flush bit, which it tells as flush: true.
# Seen:     The class is UNKNOWN_32769, and no field tells that a unicast answer is wanted. Systems that look for a
#           service ask so first: a responder that compares the class with IN is silent then. A record's bit is read.
# Output:   record with its top bit: class IN, flush true
#           question without the bit: class IN
#           question with the bit: class UNKNOWN_32769
# Callbox:  finds and offers no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" dns-packet@5.6.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const packet = require('dns-packet')

const name = '_rtvi._tcp.local'
const answers = [{ type: 'PTR', name, class: 'IN', flush: true, data: `box.${name}` }]
const [record] = packet.decode(packet.encode({ type: 'response', answers })).answers
console.log(`record with its top bit: class ${record.class}, flush ${record.flush}`)

const query = packet.encode({ type: 'query', questions: [{ type: 'PTR', name, class: 'IN' }] })
const seen = [packet.decode(query).questions[0].class]
query[query.length - 2] |= 0x80
seen.push(packet.decode(query).questions[0].class)
console.log(`question without the bit: class ${seen[0]}\nquestion with the bit: class ${seen[1]}`)
if (record.class !== 'IN' || seen.join() !== 'IN,UNKNOWN_32769') {
  console.error('changed: an unknown class was expected')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
