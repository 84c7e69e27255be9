#!/usr/bin/env bash
# GStreamer's level says NaN at the end of a sound that is a whole number of intervals long
#
# Software: GStreamer 1.22.0 (Debian 12: gstreamer1.0-plugins-good 1.22.0-5+deb12u4)
# Guess:    level posts the root mean square of each interval, in dB: of a tone of a second and an interval of 500 ms
#           twice the same number, and at the end nothing, or what is left.
# Seen:     It posts once more, of no samples at all, with rms NaN beside a peak of -350 dB. A mean or a maximum over a
#           sound, by which recordings are made equally loud, becomes NaN; with 990 or 1100 ms it doesn't.
# Output:   1000 ms: -9.0 -9.0 nan
#           990 ms: -9.0 -9.0
#           1100 ms: -9.0 -9.0 -9.0
# Callbox:  measures levels itself, of whole periods (docs/mqtt.md, `sound`).
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
for plugin in coreelements rawparse level; do cp root/usr/lib/*/gstreamer-1.0/libgst$plugin.so plugins; done
export LD_LIBRARY_PATH GST_PLUGIN_SYSTEM_PATH=$tmp/plugins GST_REGISTRY=$tmp/registry GST_REGISTRY_FORK=no
export PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import array
import math
import re
import subprocess
import sys
from pathlib import Path

seen = []
for length_ms in (1000, 990, 1100):
    sound = [round(16383 * math.sin(2 * math.pi * 1000 * n / 48000)) for n in range(48 * length_ms)]
    Path("in.raw").write_bytes(array.array("h", sound).tobytes())
    words = (
        "gst-launch-1.0 -m filesrc location=in.raw ! rawaudioparse sample-rate=48000 num-channels=1 pcm-format=s16le"
        " ! level interval=500000000 ! fakesink"
    )
    told = subprocess.run(words.split(), check=True, capture_output=True, text=True).stdout
    levels = [float(level) for level in re.findall(r"rms=\(GValueArray\)< *([-\w.]+)", told)]
    print(f"{length_ms} ms:", *(f"{level:.1f}" for level in levels))
    seen.append([math.isnan(level) for level in levels])
if seen != [[False, False, True], [False, False], [False, False, False]]:
    sys.exit("changed: NaN was expected behind a second only")
PY
