#!/usr/bin/env bash
# SoX lengthens each recording in IMA ADPCM that it reads, also its own
#
# Software: sox 14.4.2+git20190427-3.5, libsox3 and libsox-fmt-base of the same version (Debian 12)
# Guess:    ADPCM comes in blocks, and the fact chunk says how many samples of the last one count (Microsoft's New
#           Multimedia Data Types, 1994, "Fact Chunk"): one second that SoX writes is one second when SoX reads it.
# Seen:     SoX writes 8000 samples into the fact chunk, and reads 8080. For Microsoft's ADPCM it looks at the chunk,
#           and reads 8000. A prompt of a telephone system ends in a noise of 10 ms.
# Output:   ms-adpcm: fact chunk 8000, read 8000
#           ima-adpcm: fact chunk 8000, read 8080
# Callbox:  its own sounds are PCM (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
version=14.4.2+git20190427-3.5
apt-get download -qq -o APT::Sandbox::User=root "sox=$version" "libsox3=$version" "libsox-fmt-base=$version" \
  libgsm1 libltdl7 libgomp1 libpng16-16 libmagic1
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python3 - "$tmp/root/usr/bin/sox" <<'PY'
import struct
import subprocess
import sys
from pathlib import Path

sox = sys.argv[1]
seen = []
for coding in ("ms-adpcm", "ima-adpcm"):
    path = f"{coding}.wav"
    make = [sox, "-n", "-r", "8000", "-c", "1", "-e", coding, path, "synth", "1", "sine", "440"]
    subprocess.run(make, check=True)
    content = Path(path).read_bytes()
    (fact,) = struct.unpack_from("<I", content, content.index(b"fact") + 8)
    raw = subprocess.run([sox, path, "-t", "raw", "-e", "signed", "-b", "16", "-"], capture_output=True, check=True)
    seen.append((fact, len(raw.stdout) // 2))
    print(f"{coding}: fact chunk {fact}, read {seen[-1][1]}")
if seen != [(8000, 8000), (8000, 8080)]:
    sys.exit("changed: 80 samples more were expected of IMA ADPCM")
PY
