#!/usr/bin/env bash
# sndfile-convert makes a whisper of floats as loud as 16 bits can be
#
# Software: sndfile-convert 1.2.0-1+deb12u1 (sndfile-programs, Debian 12)
# Guess:    A recording in floats comes out of -pcm16 as loud as it was, as one in 16 bits comes out of -float32: there
#           is an option -normalize for who wants something else (sndfile-convert(1)).
# Seen:     What was in floats is scaled to full scale, each file by its own peak: a tone of -26 dB becomes one of 0 dB,
#           and a folder of announcements loses what was soft and what was loud. mu-law and 24 bits too; not from 16
#           bits.
# Output:   16 bits to 16 bits: 1638
#           floats of 32 bits to 16 bits: 32767
#           floats of 64 bits to 16 bits: 32767
#           floats of 32 bits to mu-law to 16 bits: 32124
# Callbox:  reads sounds by FFmpeg's libraries (callbox/audio/playout).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root sndfile-programs=1.2.0-1+deb12u1 \
  libsndfile1=1.2.0-1+deb12u1 libflac12 libogg0 libvorbis0a libvorbisenc2 libopus0 libmpg123-0 libmp3lame0)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python3 - "$tmp" <<'PY'
import array
import math
import subprocess
import sys
import wave

FOLDER = sys.argv[1]


def peak(*encodings):
    """The largest sample of a tone of -26 dB that went through these encodings, one file after the other."""
    source = f"{FOLDER}/tone.wav"
    for number, encoding in enumerate(encodings):
        target = f"{FOLDER}/{number}.wav"
        subprocess.run([f"{FOLDER}/root/usr/bin/sndfile-convert", f"-{encoding}", source, target], check=True)
        source = target
    with wave.open(source) as file:
        return max(map(abs, array.array("h", file.readframes(file.getnframes()))))


with wave.open(f"{FOLDER}/tone.wav", "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    tone = (int(0.05 * 32767 * math.sin(2 * math.pi * 1000 * frame / 16000)) for frame in range(16000))
    file.writeframes(array.array("h", tone).tobytes())
seen = []
for name, *encodings in (
    ("16 bits to 16 bits", "pcm16"),
    ("floats of 32 bits to 16 bits", "float32", "pcm16"),
    ("floats of 64 bits to 16 bits", "float64", "pcm16"),
    ("floats of 32 bits to mu-law to 16 bits", "float32", "ulaw", "pcm16"),
):
    seen.append(peak(*encodings))
    print(f"{name}: {seen[-1]}")
if seen[0] != 1638 or min(seen[1:]) < 32000:
    sys.exit("changed: full scale was expected of floats")
PY
