#!/usr/bin/env bash
# ogg-opus-decoder doesn't cut the end of a sound that has one page
#
# Software: ogg-opus-decoder 1.7.5, Node.js 20
# Guess:    Sound comes in packets of 20 ms; the position of the last page says where in its last packet it ends (RFC
#           7845, section 4.4). A chime of 305 ms has 14640 samples, in one page as in two.
# Seen:     In two pages it has 14640. In one, which is how files below a second come from an encoder, as many samples
#           are left at the end as are skipped at the beginning: 6.5 ms of what only fills up the last packet. A loop
#           has a gap.
# Output:   two pages: 14640 samples
#           one page: 14952 samples
# Callbox:  decodes an announcement in Opus with FFmpeg, which cuts it (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ogg-opus-decoder@1.7.5 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const crc = (bytes) => bytes.reduce((sum, octet) => {
  sum ^= octet << 24
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0)
  return sum
}, 0)

/** A page of Ogg with these packets, each below 255 octets (RFC 3533, section 6). */
function page (sequence, position, packets, flags = 0) {
  const head = Buffer.alloc(27 + packets.length)
  head.write('OggS')
  head[5] = flags
  head.writeBigInt64LE(BigInt(position), 6)
  head.writeUInt32LE(1, 14)
  head.writeUInt32LE(sequence, 18)
  head[26] = packets.length
  packets.forEach((packet, index) => { head[27 + index] = packet.length })
  const bytes = Buffer.concat([head, ...packets])
  bytes.writeInt32LE(crc(bytes) | 0, 22)
  return bytes
}

/** 16 packets of 20 ms, of which 6.5 ms are skipped and 305 ms are sound, in pages of so many packets. */
function file (size) {
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, 1, 312 % 256, 1, 0x80, 0xbb, 0, 0, 0, 0, 0])])
  const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.from([4, 0, 0, 0]), Buffer.from('test'), Buffer.alloc(4)])
  const pages = [page(0, 0, [head], 2), page(1, 0, [tags])]
  for (let begin = 0; begin < 16; begin += size) {
    const end = begin + size
    const packets = Array(size).fill(Buffer.from([0xf8, 0xff, 0xfe]))
    pages.push(page(pages.length, end === 16 ? 312 + 14640 : 960 * end, packets, end === 16 ? 4 : 0))
  }
  return new Uint8Array(Buffer.concat(pages))
}

async function decoded (bytes) {
  const { OggOpusDecoder } = await import('ogg-opus-decoder')
  const decoder = new OggOpusDecoder()
  await decoder.ready
  const { samplesDecoded } = await decoder.decodeFile(bytes)
  decoder.free()
  return samplesDecoded
}

async function main () {
  const [two, one] = [await decoded(file(8)), await decoded(file(16))]
  console.log('two pages:', two, 'samples')
  console.log('one page:', one, 'samples')
  if (two !== 14640 || one !== 14952) {
    console.error('changed: 14952 samples were expected of one page')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
