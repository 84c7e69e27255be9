#!/usr/bin/env bash
# audio-decode makes noise of GSM, of which each frame begins with four bits that belong to no sample
#
# Software: @audio/decode-aiff 1.3.0 (npm), by which audio-decode 3.12.0 decodes AIFF-C; soundfile 0.14.0, av 18.1.0
#           (PyPI), numpy 2.4.6, Node.js 20
# Guess:    It decodes GSM of AIFF-C (README). A frame of GSM 06.10 has 33 octets: a signature of four bits, 0xD, and
#           260 bits of sound (RFC 3551, section 4.5.8.1). A tone of 440 Hz comes back as one, as it does from FFmpeg.
# Seen:     It reads the 260 bits from the signature on, so each parameter is off by four bits, and the sound is a loud
#           noise.
# Output:   FFmpeg: 100% of the power at 440 Hz, level -15 dBFS of -15 dBFS
#           @audio/decode-aiff: 2% of the power at 440 Hz, level -6 dBFS of -15 dBFS
# Callbox:  plays what FFmpeg decodes (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soundfile==0.14.0 av==18.1.0 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$tmp" @audio/decode-aiff@1.3.0 > "$tmp/npm.log"
cat > "$tmp/decode.mjs" <<'JS'
import { readFileSync, writeFileSync } from 'fs'
import decode from '@audio/decode-aiff'

const { channelData } = await decode(readFileSync('tone.aiff'))
writeFileSync('tone.raw', Buffer.from(channelData[0].buffer))
JS
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import subprocess
import sys

import av
import numpy as np
import soundfile

RATE = 8000
tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
soundfile.write("tone.aiff", tone, RATE, format="AIFF", subtype="GSM610")
with av.open("tone.aiff") as container:
    by_ffmpeg = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]) / 32768
subprocess.run(["node", "decode.mjs"], check=True)
seen = []
for name, sound in (("FFmpeg", by_ffmpeg), ("@audio/decode-aiff", np.fromfile("tone.raw", "<f4"))):
    middle = sound[RATE // 4 : RATE * 3 // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
    share = spectrum[215:226].sum() / spectrum.sum()  # bins of 2 Hz: 430 to 450 Hz
    level, written = (20 * np.log10(np.sqrt(np.mean(samples**2))) for samples in (middle, tone))
    seen.append(share)
    print(f"{name}: {share:.0%} of the power at 440 Hz, level {level:.0f} dBFS of {written:.0f} dBFS")
if seen[0] < 0.9 or seen[1] > 0.1:
    sys.exit("changed: less than 10 % of the power at 440 Hz was expected of @audio/decode-aiff")
PY
