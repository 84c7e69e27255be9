#!/usr/bin/env bash
# GStreamer plays the keys of a telephone at four volumes only, 20 dB apart
#
# Software: GStreamer 1.22.0 (Debian 12: gstreamer1.0-plugins-good 1.22.0-5+deb12u4)
# Guess:    A telephone-event has a volume of 0 to -63 dBm0 (RFC 4733, section 2.3.3): rtpdtmfdepay, which makes tones
#           of events, makes those of -10 dBm0 10 dB quieter than those of 0.
# Seen:     0 to -19 are the same, which is full scale, -20 to -39 are 20 dB less, and so on. -6 to -9 dBm0, as
#           telephones send them, are 6 to 9 dB too loud beside the voice.
# Output:   dBm0: 0 -1 -10 -19 -20 -36 -39 -40
#           dB:   0 0 0 0 -20 -20 -20 -40
# Callbox:  sends keys as RTVI messages, and receives no telephone-events (docs/gestures.md).
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
for plugin in coreelements rtp dtmf; do cp root/usr/lib/*/gstreamer-1.0/libgst$plugin.so plugins; done
export LD_LIBRARY_PATH GST_PLUGIN_SYSTEM_PATH=$tmp/plugins GST_REGISTRY=$tmp/registry GST_REGISTRY_FORK=no
export PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import math
import struct
import subprocess
import sys
from pathlib import Path

VOLUMES = (0, 1, 10, 19, 20, 36, 39, 40)
CAPS = "application/x-rtp-stream,media=audio,clock-rate=8000,encoding-name=TELEPHONE-EVENT,payload=101"


def packet(number, volume):
    """Of a 5 that lasts 100 ms, told each 20 ms, its end three times. With its length in front (RFC 4571)."""
    duration, end = 160 * min(number + 1, 5), number >= 5
    header = struct.pack(">BBHII", 0x80, 101 | (number == 0) << 7, number, 1000, 7)
    event = struct.pack(">BBH", 5, end << 7 | volume, duration)
    return struct.pack(">H", 16) + header + event


peaks = []
for volume in VOLUMES:
    Path("in.rtp").write_bytes(b"".join(packet(number, volume) for number in range(8)))
    chain = f"filesrc location=in.rtp ! {CAPS} ! rtpstreamdepay ! rtpdtmfdepay ! filesink location=out"
    subprocess.run(["gst-launch-1.0", "-q", *chain.split()], check=True)
    peaks.append(max(sample for (sample,) in struct.iter_unpack("<h", Path("out").read_bytes())))
levels = [round(20 * math.log10(peak / peaks[0])) for peak in peaks]
print("dBm0:", *(-volume for volume in VOLUMES))
print("dB:  ", *levels)
if levels != [0, 0, 0, 0, -20, -20, -20, -40]:
    sys.exit("changed: steps of 20 dB were expected")
PY
