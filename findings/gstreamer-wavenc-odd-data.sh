#!/usr/bin/env bash
# GStreamer's wavenc writes no pad behind an odd number of octets, so other readers lose the title
#
# Software: GStreamer 1.22.0 (Debian 12: gstreamer1.0-plugins-good 1.22.0-5+deb12u4)
# Guess:    RIFF pads chunks to even lengths (Multimedia Programming Interface and Data Specifications 1.0, 1991,
#           "Chunks"): behind 5 samples of 8 bits there is one octet that no length counts, and then the title.
# Seen:     The title follows at once. A reader that looks behind the pad finds "IST" and takes it for the name of a
#           chunk: Python's wave and others read the sound, and nobody finds the title. With 6 samples it is found.
# Output:   6 samples: chunks fmt, data, LIST
#           5 samples: chunks fmt, data, IST?
# Callbox:  writes WAV files with Python's wave, in 16 bits (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root gstreamer1.0-tools=1.22.0-2+deb12u1 libgstreamer1.0-0=1.22.0-2+deb12u1 \
  libgstreamer-plugins-base1.0-0=1.22.0-3+deb12u7 gstreamer1.0-plugins-base=1.22.0-3+deb12u7 \
  gstreamer1.0-plugins-good=1.22.0-5+deb12u4 \
  libglib2.0-0 libdw1 libelf1 libunwind8 liborc-0.4-0 libffi8 libpcre2-8-0
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu):$(echo "$tmp"/root/lib/*-linux-gnu)
mkdir plugins
for plugin in coreelements audiotestsrc debug wavenc; do cp root/usr/lib/*/gstreamer-1.0/libgst$plugin.so plugins; done
export LD_LIBRARY_PATH GST_PLUGIN_SYSTEM_PATH=$tmp/plugins GST_REGISTRY=$tmp/registry GST_REGISTRY_FORK=no
export PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import struct
import subprocess
import sys
from pathlib import Path

seen = []
for samples in (6, 5):
    subprocess.run(
        f"gst-launch-1.0 -q audiotestsrc num-buffers=1 samplesperbuffer={samples}"
        " ! audio/x-raw,format=U8,rate=8000,channels=1 ! taginject tags=title=abcd"
        " ! wavenc ! filesink location=sound.wav".split(),
        check=True,
    )
    content, place, names = Path("sound.wav").read_bytes(), 12, []
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        names.append("".join(chr(octet) if octet > 31 else "?" for octet in name).strip())
        place += 8 + length + length % 2
    print(f"{samples} samples: chunks {', '.join(names)}")
    seen.append(names)
if seen[0] != ["fmt", "data", "LIST"] or seen[1] == seen[0]:
    sys.exit("changed: no LIST chunk was expected behind five samples")
PY
