#!/usr/bin/env bash
# multimon-ng writes each digit twice when a telephone's tones are 1.2 % off
#
# Software: multimon-ng 1.2.0+dfsg-1 (Debian 12)
# Guess:    A telephone may be off its frequencies by 1.8 % (ITU-T Q.23), and what is within 1.5 % a receiver must take
#           (Q.24, table A-1): 0 to 9, each of 100 ms with pauses of 100 ms, are read as 0 to 9.
# Seen:     With 1.2 % to either side each digit comes twice or not at all, and nothing says that it is uncertain. A
#           program that logs what was dialled has 112 for 12. With 1.5 % nearly nothing is read.
# Output:   0.0 %: 0123456789
#           0.8 %: 0123456789
#           1.2 %: 0012233455667889
# Callbox:  detects no tones; its keys are contacts (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root multimon-ng=1.2.0+dfsg-1 libpulse0 libasyncns0 libsndfile1 libdbus-1-3 \
  libx11-6 libx11-xcb1 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0 libflac12 libogg0 libvorbis0a libvorbisenc2 libopus0 \
  libmpg123-0 libmp3lame0
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$libraries:$libraries/pulseaudio:${libraries/usr\/lib/lib} PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import array
import math
import subprocess
import sys
from pathlib import Path

RATE_HZ = 22050  # of multimon-ng's raw input
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = "123456789*0#"


def tone(key, off):
    row, column = divmod(KEYS.index(key), 3)
    turns = [2 * math.pi * hertz * (1 + off) / RATE_HZ for hertz in (LOW[row], HIGH[column])]
    return [round(5000 * sum(math.sin(turn * n) for turn in turns)) for n in range(RATE_HZ // 10)]


def read(off):
    pause = [0] * (RATE_HZ // 10)
    sound = sum((tone(key, off) + pause for key in "0123456789"), pause)
    Path("keys.raw").write_bytes(array.array("h", sound).tobytes())
    words = "multimon-ng -q -a DTMF -t raw keys.raw".split()
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return "".join(line.split()[-1] for line in told.splitlines() if line.startswith("DTMF:"))


seen = []
for off in (0, 0.008, 0.012):
    seen.append(read(off))
    print(f"{100 * off:.1f} %: {seen[-1]}")
if seen[:2] != ["0123456789"] * 2 or len(seen[2]) <= 10:
    sys.exit("changed: digits were expected twice with 1.2 % only")
PY
