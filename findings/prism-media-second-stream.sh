#!/usr/bin/env bash
# prism-media stops at the second song of a web radio
#
# Software: prism-media 1.3.5, Node.js 20
# Guess:    OggDemuxer hands out the Opus packets of an Ogg stream. Such streams may follow each other, as in a web
#           radio with each song, whose head has new tags (RFC 3533, section 4, "chained"; RFC 7845, section 3): all
#           packets come.
# Seen:     Those of the first come. The pages of each further one have another serial number, and are passed over
#           without an error, an event or an end: a bot in a conference falls silent after a song.
# Output:   one stream: 3 packets, two streams: 3 packets
# Callbox:  decodes an announcement with FFmpeg, which goes on with the next stream
#           (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" prism-media@1.3.5 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { opus } = require('prism-media')

const crc = (bytes) => bytes.reduce((sum, octet) => {
  sum ^= octet << 24
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0)
  return sum
}, 0)

/** A page of Ogg with one packet (RFC 3533, section 6). */
function page (serial, sequence, position, packet, flags = 0) {
  const bytes = Buffer.concat([Buffer.alloc(28), packet])
  bytes.write('OggS')
  bytes[5] = flags
  bytes.writeBigInt64LE(BigInt(position), 6)
  bytes.writeUInt32LE(serial, 14)
  bytes.writeUInt32LE(sequence, 18)
  bytes[26] = 1
  bytes[27] = packet.length
  bytes.writeInt32LE(crc(bytes) | 0, 22)
  return bytes
}

/** Three packets of 20 ms. */
function stream (serial) {
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0])])
  const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.from([4, 0, 0, 0]), Buffer.from('test'), Buffer.alloc(4)])
  const sound = [1, 2, 3].map((n) => page(serial, n + 1, 960 * n, Buffer.from([0xf8, 0xff, 0xfe]), n === 3 ? 4 : 0))
  return Buffer.concat([page(serial, 0, 0, head, 2), page(serial, 1, 0, tags), ...sound])
}

const packets = (bytes) => new Promise((resolve, reject) => {
  let count = 0
  const demuxer = new opus.OggDemuxer()
  demuxer.on('data', () => { count += 1 }).on('end', () => resolve(count)).on('error', reject)
  demuxer.end(bytes)
})

async function main () {
  const one = await packets(stream(7))
  const two = await packets(Buffer.concat([stream(7), stream(8)]))
  console.log(`one stream: ${one} packets, two streams: ${two} packets`)
  if (one !== 3 || two !== 3) {
    console.error('changed: three packets of two streams were expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
