#!/usr/bin/env bash
# werift writes the description of a source without its end when the name fits into whole words
#
# Software: werift-rtp 0.8.9 (npm), Node.js 20; read with rtpkit 0.3.0 and aiortc 1.16.0
# Guess:    The items of each chunk of an SDES packet end with one or more octets of zero, up to the next word of four
#           octets (RFC 3550, section 6.5): a name of two octets, which fills its word with its head, gets four of them.
# Seen:     werift fills up the word only, so for names of 2, 6, 10 … octets there is no zero. rtpkit refuses the whole
#           packet, and of two such chunks aiortc, too, reads the second source as more of the first one.
# Output:   name abc: 0103616263000000, rtpkit reads it, aiortc reads it
#           name ab: 01026162, rtpkit: SDES chunk missing null terminator, aiortc reads it
#           names ab and cd: 01026162 of each, rtpkit: SDES chunk missing null terminator, aiortc: RTCP SDES item is truncated
# Callbox:  describes its one source by aiortc, which writes the end.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" werift-rtp@0.8.9 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rtpkit==0.3.0 aiortc==1.16.0 aioice==0.13.0 av==18.1.0
cd "$tmp"
cat > write.cjs <<'JS'
const { RtcpSourceDescriptionPacket, SourceDescriptionChunk, SourceDescriptionItem } = require('werift-rtp')

const chunks = process.argv.slice(2).map((text, index) => {
  const items = [new SourceDescriptionItem({ type: 1, text })]
  return new SourceDescriptionChunk({ source: index + 1, items })
})
console.log(new RtcpSourceDescriptionPacket({ chunks }).serialize().toString('hex'))
JS
venv/bin/python -W ignore - <<'PY'
import subprocess
import sys

from aiortc.rtp import RtcpPacket
from rtpkit import parse_rtcp

READERS = {"rtpkit": parse_rtcp, "aiortc": RtcpPacket.parse}
refused = []
for names in (["abc"], ["ab"], ["ab", "cd"]):
    text = subprocess.check_output(["node", "write.cjs", *names], text=True).strip()
    told = []
    for reader, read in READERS.items():
        try:
            read(bytes.fromhex(text))
            told.append(f"{reader} reads it")
        except Exception as error:
            refused.append((reader, *names))
            told.append(f"{reader}: {str(error).removeprefix('Malformed RTCP packet: ')}")
    items = text[16:] if len(names) == 1 else f"{text[16:24]} of each"
    print(f"name{'s' * (len(names) > 1)} {' and '.join(names)}: {items}, {', '.join(told)}")
if refused != [("rtpkit", "ab"), ("rtpkit", "ab", "cd"), ("aiortc", "ab", "cd")]:
    sys.exit("changed: ab was expected to be refused by rtpkit, ab and cd by both")
PY
