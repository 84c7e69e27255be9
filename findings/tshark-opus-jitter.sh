#!/usr/bin/env bash
# tshark tells no jitter of Opus, however it arrives
#
# Software: tshark 4.0.17-0+deb12u3 (Debian 12)
# Guess:    -z rtp,streams tells the jitter of an RTP stream in ms. Packets of 20 ms, each second one 10 ms late, have
#           the same jitter in PCMU (clock of 8 kHz) and, with "-d rtp.pt==111,opus", in Opus, whose clock has 48 kHz
#           always (RFC 7587, section 4.1).
# Seen:     It is 0.000 for Opus, which reads like a faultless network, and its least is -1. Nothing says that it is
#           unknown. Deltas are told.
# Output:   PCMU: largest delta 30.000 ms, mean jitter 7.068 ms
#           Opus: largest delta 30.000 ms, mean jitter 0.000 ms
# Callbox:  measures jitter itself, of Opus (`jitter_ms`, docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
version=4.0.17-0+deb12u3
apt-get download -qq -o APT::Sandbox::User=root "tshark=$version" "wireshark-common=$version" \
  "libwireshark16=$version" "libwireshark-data=$version" "libwiretap13=$version" "libwsutil14=$version" libpcap0.8 \
  libc-ares2 liblua5.2-0 libsmi2ldbl libglib2.0-0 libbrotli1 libsnappy1v5 libnghttp2-14 libxml2 libicu72 libgnutls30 \
  libdbus-1-3 libpcre2-8-0
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu):$(echo "$tmp"/root/lib/*-linux-gnu)
export LD_LIBRARY_PATH HOME=$tmp WIRESHARK_DATA_DIR=$tmp/root/usr/share/wireshark
export WIRESHARK_PLUGIN_DIR=$tmp/none PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import re
import struct
import subprocess
import sys
from pathlib import Path


def capture(payload_type, ticks):
    """50 packets of 20 ms in a file of pcap, each second one 10 ms late."""
    content = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for n in range(50):
        rtp = struct.pack(">BBHII", 0x80, payload_type, n, ticks * n, 7) + b"\xf8\xff\xfe"
        udp = struct.pack(">HHHH", 5004, 5004, 8 + len(rtp), 0) + rtp
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
        packet = head + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + udp
        content += struct.pack("<IIII", 1, 1000 * (20 * n + 10 * (n % 2)), len(packet), len(packet)) + packet
    return content


WORDS = "tshark -n -q -r calls.pcap -d udp.port==5004,rtp -d rtp.pt==111,opus -z rtp,streams".split()
jitters = []
for name, payload_type, ticks in (("PCMU", 0, 160), ("Opus", 111, 960)):
    Path("calls.pcap").write_bytes(capture(payload_type, ticks))
    told = subprocess.run(WORDS, check=True, capture_output=True, text=True).stdout
    line = next(line for line in told.splitlines() if "0x00000007" in line)
    _, _, delta, _, jitter, _ = re.search(r"\)" + r"\s+(-?[\d.]+)" * 6, line).groups()
    print(f"{name}: largest delta {delta} ms, mean jitter {jitter} ms")
    jitters.append(float(jitter))
if jitters[0] < 1 or jitters[1] != 0:
    sys.exit("changed: a jitter of 0 was expected of Opus only")
PY
