#!/usr/bin/env bash
# GStreamer's wavparse reads nothing of a recording with an odd number of samples of 8 bits
#
# Software: GStreamer 1.22.0 (Debian 12: gstreamer1.0-plugins-good 1.22.0-5+deb12u4)
# Guess:    A recording of 8001 samples of 8 bits has 8001 samples: the octet that pads the data chunk to an even length
#           (Multimedia Programming Interface and Data Specifications 1.0, 1991, "Chunks") isn't counted.
# Seen:     wavparse hands out no sample, and the pipeline ends without an error, as if the file were empty. It is the
#           same with mu-law and with 24 bits. Through a pipe, without the pad or with a chunk behind it all are read.
# Output:   8000 samples: file 8000, pipe 8000
#           8001 samples: file 0, pipe 8001
#           8001 samples and another chunk: file 8001, pipe 8001
# Callbox:  reads WAV files with FFmpeg (announcements) and Python's wave (chimes), which know the pad.
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
for plugin in coreelements wavparse; do cp root/usr/lib/*/gstreamer-1.0/libgst$plugin.so plugins; done
export LD_LIBRARY_PATH GST_PLUGIN_SYSTEM_PATH=$tmp/plugins GST_REGISTRY=$tmp/registry GST_REGISTRY_FORK=no
export PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import struct
import subprocess
import sys
from pathlib import Path


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def read(content, source):
    """Number of samples of 8 bits that come out."""
    Path("in.wav").write_bytes(content)
    words = f"gst-launch-1.0 -q {source} ! wavparse ! filesink location=out.raw".split()
    subprocess.run(words, input=content, check=True)
    return Path("out.raw").stat().st_size


FORMAT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))
LIST = chunk(b"LIST", b"INFO")
seen = []
for samples, after in ((8000, b""), (8001, b""), (8001, LIST)):
    content = chunk(b"RIFF", b"WAVE" + FORMAT + chunk(b"data", b"\x80" * samples) + after)
    file = read(content, "filesrc location=in.wav")
    pipe = read(content, "fdsrc")
    print(f"{samples} samples{' and another chunk' if after else ''}: file {file}, pipe {pipe}")
    seen.append((file, pipe))
if seen != [(8000, 8000), (0, 8001), (8001, 8001)]:
    sys.exit("changed: no sample was expected of the file with 8001 samples")
PY
