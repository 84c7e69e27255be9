#!/usr/bin/env bash
# audio-decode plays A-law of a CAF file 18 dB too quietly and upside down, and makes noise of AIFF with 8 bits
#
# Software: @audio/decode-caf 1.4.1, @audio/decode-aiff 1.3.0, @audio/decode-wav 1.5.1 (npm), by which audio-decode
#           3.12.0 decodes these files; Node.js 20
# Guess:    A-law's 0xAA is its largest positive sample, 0.98 of full scale, and mu-law's 0x80 (ITU-T G.711), in CAF as
#           in WAV. AIFF's samples are signed in two's complement, also those of 8 bits: 0 is silence (AIFF 1.3, sound
#           data).
# Seen:     In CAF both tables of 13 and 14 bits are taken for ones of 16, A-law's also with the opposite sign. In AIFF
#           8 bits are read as the unsigned ones of WAV: silence is full scale below zero, and a quiet sound a loud
#           noise.
# Output:   A-law 0xAA, 0x2A: CAF -0.12, 0.12; WAV 0.98, -0.98
#           mu-law 0x80, 0x00: CAF 0.25, -0.25; WAV 0.98, -0.98
#           AIFF of 8 bits, 0, 32, -32, 0: -1.00, -0.75, 0.75, -1.00
# Callbox:  plays what FFmpeg decodes (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @audio/decode-caf@1.4.1 @audio/decode-aiff@1.3.0 \
  @audio/decode-wav@1.5.1 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import decodeAiff from '@audio/decode-aiff'
import decodeCaf from '@audio/decode-caf'
import decodeWav from '@audio/decode-wav'

const u16 = (value) => Buffer.from([value >> 8, value & 255])
const u32 = (value) => Buffer.concat([u16(value >>> 16), u16(value & 65535)])
const le = (buffer) => Buffer.from(buffer).reverse()
const rate = Buffer.alloc(8)
rate.writeDoubleBE(8000)

function caf(format, octets) { // one channel of 8 bits at 8 kHz
  const desc = [rate, Buffer.from(format), u32(0), u32(1), u32(1), u32(1), u32(8)]
  const data = [Buffer.from('data'), u32(0), u32(4 + octets.length), u32(0), octets]
  return Buffer.concat([Buffer.from('caff'), u16(1), u16(0), Buffer.from('desc'), u32(0), u32(32), ...desc, ...data])
}

function wav(format, octets) {
  const fmt = [le(u16(format)), le(u16(1)), le(u32(8000)), le(u32(8000)), le(u16(1)), le(u16(8))]
  const body = [Buffer.from('WAVEfmt '), le(u32(16)), ...fmt, Buffer.from('data'), le(u32(octets.length)), octets]
  return Buffer.concat([Buffer.from('RIFF'), le(u32(Buffer.concat(body).length)), ...body])
}

function aiff(octets) {
  const extended = Buffer.from('400bfa00000000000000', 'hex') // 8000 Hz
  const comm = [Buffer.from('COMM'), u32(18), u16(1), u32(octets.length), u16(8), extended]
  const body = [Buffer.from('AIFF'), ...comm, Buffer.from('SSND'), u32(8 + octets.length), u32(0), u32(0), octets]
  return Buffer.concat([Buffer.from('FORM'), u32(Buffer.concat(body).length), ...body])
}

const text = async (sound) => [...(await sound).channelData[0]].map((sample) => sample.toFixed(2)).join(', ')
const seen = []
for (const [name, format, number, octets] of [['A-law', 'alaw', 6, [0xaa, 0x2a]], ['mu-law', 'ulaw', 7, [0x80, 0]]]) {
  const sound = Buffer.from(octets)
  seen.push(await text(decodeCaf(caf(format, sound))), await text(decodeWav(wav(number, sound))))
  const hex = octets.map((octet) => `0x${octet.toString(16).toUpperCase().padStart(2, '0')}`)
  console.log(`${name} ${hex.join(', ')}: CAF ${seen.at(-2)}; WAV ${seen.at(-1)}`)
}
seen.push(await text(decodeAiff(aiff(Buffer.from([0, 32, -32, 0])))))
console.log(`AIFF of 8 bits, 0, 32, -32, 0: ${seen.at(-1)}`)
if (seen.join('; ') !== '-0.12, 0.12; 0.98, -0.98; 0.25, -0.25; 0.98, -0.98; -1.00, -0.75, 0.75, -1.00') {
  console.error('changed: -0.12, 0.25 and -1.00 were expected first of CAF and AIFF')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
