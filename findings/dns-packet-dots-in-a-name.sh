#!/usr/bin/env bash
# dns-packet makes two labels of a service whose name has a dot
#
# Software: dns-packet 5.6.1 (npm; multicast-dns and bonjour-service read and write with it), Node.js 20
# Guess:    A service's name is one label that may have dots, such as "Box 1.5" (RFC 6763, section 4.1.1); as text a dot
#           within a label is written "\." (RFC 6763, section 4.3). What it has read it can write.
# Seen:     Labels are joined by dots as they are: "Box 1.5._rtvi._tcp.local", which it writes as the labels "Box 1" and
#           "5": a question for that service is one for another. An escaped dot ends a label, too.
# Output:   read: Box 1.5._rtvi._tcp.local
#           labels received: Box 1.5|_rtvi|_tcp|local
#           labels written again: Box 1|5|_rtvi|_tcp|local
#           labels of Box 1\.5: Box 1\|5|_rtvi|_tcp|local
# Callbox:  finds and offers no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" dns-packet@5.6.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const packet = require('dns-packet')

/** The labels of the name in a packet with one question. */
function labels(bytes) {
  const found = []
  for (let at = 12; bytes[at]; at += bytes[at] + 1) found.push(bytes.toString('utf8', at + 1, at + 1 + bytes[at]))
  return found.join('|')
}

const written = (name) => packet.encode({ type: 'query', questions: [{ type: 'SRV', name }] })
const placeholder = written('Box 1-5._rtvi._tcp.local')
placeholder[placeholder.indexOf('-')] = '.'.charCodeAt(0)
const { name } = packet.decode(placeholder).questions[0]
const seen = [labels(placeholder), labels(written(name)), labels(written('Box 1\\.5._rtvi._tcp.local'))]
console.log(`read: ${name}`)
console.log(`labels received: ${seen[0]}\nlabels written again: ${seen[1]}\nlabels of Box 1\\.5: ${seen[2]}`)
if (seen[0] !== 'Box 1.5|_rtvi|_tcp|local' || !seen[1].startsWith('Box 1|5|') || !seen[2].startsWith('Box 1\\|5|')) {
  console.error('changed: two labels were expected of the name')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
