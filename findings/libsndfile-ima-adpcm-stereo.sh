#!/usr/bin/env bash
# libsndfile says in a stereo file of IMA ADPCM that it is half as long as it is
#
# Software: libsndfile 1.2.2 in soundfile 0.14.0, av 18.1.0 (PyPI), music-metadata 11.16.1 (npm), numpy 2.4.6, Node.js
#           20
# Guess:    The length in a WAV file's fact chunk counts samples (Microsoft, New Multimedia Data Types and Data
#           Techniques), by common use those of one channel; that in an AIFF-C file's COMM chunk packets of 64 samples.
#           One second is 16272, in whole blocks of 1017, and 250, also in stereo.
# Seen:     It divides by the channels what is already of one channel, so stereo has half of it. Readers that use it say
#           half a second: music-metadata of WAV, FFmpeg of AIFF-C. The sound is there as a whole, and libsndfile reads
#           all of it.
# Output:   WAV, mono: 16272 in fact, 1.02 s by FFmpeg, 1.02 s by music-metadata, 16272 frames by libsndfile
#           AIFF, mono: 250 in COMM, 1.00 s by FFmpeg, 16000 frames by libsndfile
#           WAV, stereo: 8136 in fact, 1.02 s by FFmpeg, 0.51 s by music-metadata, 16272 frames by libsndfile
#           AIFF, stereo: 125 in COMM, 0.50 s by FFmpeg, 16000 frames by libsndfile
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check soundfile==0.14.0 av==18.1.0 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$tmp" music-metadata@11.16.1 > "$tmp/npm.log"
cat > "$tmp/length.mjs" <<'JS'
import { parseFile } from 'music-metadata'

const { format } = await parseFile(process.argv[2], { duration: true })
console.log(format.duration)
JS
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import struct
import subprocess
import sys

import av
import numpy as np
import soundfile

RATE = 16000
seen = []
for name, channels in (("mono", 1), ("stereo", 2)):
    sound = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    for kind, chunk, offset, form in (("WAV", b"fact", 8, "<I"), ("AIFF", b"COMM", 10, ">I")):
        path = f"{name}.{kind.lower()}"
        soundfile.write(path, np.stack([sound] * channels, axis=1), RATE, format=kind, subtype="IMA_ADPCM")
        with open(path, "rb") as file:
            octets = file.read()
        (length,) = struct.unpack_from(form, octets, octets.index(chunk) + offset)
        with av.open(path) as container:
            seconds = f"{container.duration / 1e6:.2f} s by FFmpeg"
        if kind == "WAV":
            told = subprocess.run(["node", "length.mjs", path], check=True, capture_output=True, text=True).stdout
            seconds += f", {float(told):.2f} s by music-metadata"
        seen.append(length)
        frames = soundfile.info(path).frames
        print(f"{kind}, {name}: {length} in {chunk.decode()}, {seconds}, {frames} frames by libsndfile")
if seen != [16272, 250, 8136, 125]:
    sys.exit("changed: 16272 and 250 of mono, 8136 and 125 of stereo, were expected")
PY
