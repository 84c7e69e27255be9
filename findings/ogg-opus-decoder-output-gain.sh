#!/usr/bin/env bash
# ogg-opus-decoder plays without the gain that the file asks for
#
# Software: ogg-opus-decoder 1.7.5, Node.js 20, soundfile 0.14.0 (libsndfile 1.2.2)
# Guess:    The head of an Opus file has an output gain: 20 dB less makes a tenth of each sample. Players apply it
#           without being asked (RFC 7845, section 5.1, item 5).
# Seen:     The samples are the same with and without it. Sounds that were made equally loud by their heads, as opusenc
#           and loudgain make them, differ again in a browser. libsndfile applies it.
# Output:   loudest sample without gain: soundfile 0.3, ogg-opus-decoder 0.3
#           loudest sample with -20 dB: soundfile 0.03, ogg-opus-decoder 0.3
# Callbox:  decodes an announcement in Opus with FFmpeg, which applies it
#           (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soundfile==0.14.0
npm install --silent --no-audit --no-fund --prefix "$tmp" ogg-opus-decoder@1.7.5 > "$tmp/npm.log"
cat > "$tmp/loudest.mjs" <<'JS'
import { readFileSync } from 'node:fs'
import { OggOpusDecoder } from 'ogg-opus-decoder'

for (const name of process.argv.slice(2)) {
  const decoder = new OggOpusDecoder()
  await decoder.ready
  const { channelData } = await decoder.decodeFile(new Uint8Array(readFileSync(name)))
  console.log(channelData[0].slice(0, 40000).reduce((most, sample) => Math.max(most, sample), 0))
}
JS
"$tmp/venv/bin/python" -W ignore - "$tmp" <<'PY'
import math
import struct
import subprocess
import sys
from pathlib import Path

import soundfile

FOLDER = Path(sys.argv[1])


def checksum(page):
    """CRC of an Ogg page whose field for it is 0 (RFC 3533, section 6)."""
    register = 0
    for octet in page:
        register ^= octet << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register >> 31 else 0)) & 0xFFFFFFFF
    return register


plain, quiet = FOLDER / "plain.opus", FOLDER / "quiet.opus"
tone = [0.3 * math.sin(2 * math.pi * 440 * n / 48000) for n in range(48000)]
soundfile.write(plain, tone, 48000, format="OGG", subtype="OPUS")
content = bytearray(plain.read_bytes())  # its first page: 28 octets of Ogg, then the head of 19
content[44:46] = struct.pack("<h", -20 * 256)
content[22:26] = bytes(4)
content[22:26] = struct.pack("<I", checksum(content[:47]))
quiet.write_bytes(content)
printed = subprocess.run(["node", FOLDER / "loudest.mjs", plain, quiet], capture_output=True, text=True, check=True)
seen = []
for name, path, there in zip(("without gain", "with -20 dB"), (plain, quiet), printed.stdout.split(), strict=True):
    here = max(soundfile.read(path)[0][:40000])
    seen.append((round(here, 2), round(float(there), 2)))
    print(f"loudest sample {name}: soundfile {here:.1g}, ogg-opus-decoder {float(there):.1g}")
(here, there), (quieter, same) = seen
if not 0.25 < there < 0.4 or abs(same - there) > 0.01 or quieter > 0.05:
    sys.exit("changed: the same sound was expected of ogg-opus-decoder with and without gain")
PY
