#!/usr/bin/env bash
# sip-doctor tells 555 of one key that is held for three seconds beside Opus
#
# Software: sip-doctor 0.8.0 (PyPI)
# Guess:    A key is told once. Its event's length has 16 bits, which are 1.4 s at Opus' 48 kHz: a longer one goes on in a
#           new segment with a new time stamp, right where the last one ends, without marker bit (RFC 4733, section
#           2.5.1.3). Only the first packet of a key has the marker bit, only the last ones the bit of the end.
# Seen:     It takes each new time stamp for another key, whatever the bits say: a menu seems to get 55 after 2 s and 555
#           after 3 s. At 8 kHz a key takes 8.2 s for that.
# Output:   telephone-event/48000, 5 held for 1 s: DTMF 5
#           telephone-event/48000, 5 held for 2 s: DTMF 55
#           telephone-event/48000, 5 held for 3 s: DTMF 555
#           telephone-event/8000, 5 held for 3 s: DTMF 5
# Callbox:  a digit goes to the bot as RTVI's dtmf message, not as telephone-event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sip-doctor==0.8.0
cd "$tmp"
cat > run.py <<'PY'
import re
import struct
import subprocess
import sys

CALLER, CALLEE, LONGEST = "192.0.2.1", "192.0.2.2", 0xFFFF


class Capture:
    """A call as a pcap file of raw IP packets."""

    def __init__(self):
        self.content, self.now_s, self.number = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101), 1.0, 0

    def udp(self, source, target, port, payload):
        address = (bytes(map(int, host.split("."))) for host in (source, target))
        body = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
        packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0, *address) + body
        seconds, rest = divmod(round(self.now_s * 1e6), 10**6)
        self.content += struct.pack("<IIII", seconds, rest, len(packet), len(packet)) + packet

    def sip(self, source, target, first, method, body=""):
        lines = [first, f"Via: SIP/2.0/UDP {CALLER};branch=z9hG4bK{method}", f"From: <sip:box@{CALLER}>;tag=1"]
        lines += [f"To: <sip:bot@{CALLEE}>{'' if first.startswith('INVITE') else ';tag=2'}", "Call-ID: 1@box"]
        lines += [f"CSeq: {2 if method == 'BYE' else 1} {method}", f"Contact: <sip:{source}>"]
        lines += ["Content-Type: application/sdp"] * bool(body) + [f"Content-Length: {len(body)}", "", body]
        self.udp(source, target, 5060, "\r\n".join(lines).encode())
        self.now_s += 0.1

    def rtp(self, payload_type, stamp, payload, marker=False):
        self.number += 1
        header = struct.pack("!BBHII", 0x80, payload_type | marker << 7, self.number, stamp, 7)
        self.udp(CALLER, CALLEE, 4000, header + payload)


def told(rate, held_s):
    """The keys that sip-doctor reads out of a call in which one is held."""
    capture, codec = Capture(), (111, "opus/48000/2") if rate == 48000 else (0, "PCMU/8000")
    sdp = "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\n" + f"m=audio 4000 RTP/AVP {codec[0]} 101\r\n"
    sdp += f"a=rtpmap:{codec[0]} {codec[1]}\r\na=rtpmap:101 telephone-event/{rate}\r\na=fmtp:101 0-15\r\n"
    capture.sip(CALLER, CALLEE, f"INVITE sip:bot@{CALLEE} SIP/2.0", "INVITE", sdp.format(CALLER))
    capture.sip(CALLEE, CALLER, "SIP/2.0 200 OK", "INVITE", sdp.format(CALLEE))
    capture.sip(CALLER, CALLEE, f"ACK sip:bot@{CALLEE} SIP/2.0", "ACK")
    step, stamp = rate // 50, 1000
    for _ in range(20):
        capture.rtp(codec[0], stamp, bytes(80))
        stamp += step
        capture.now_s += 0.02
    start, length = stamp, 0
    for number in range(round(held_s * 50)):
        length += step
        if length > LONGEST:  # the segment is full: a new one begins where it ends
            capture.rtp(101, start, struct.pack("!BBH", 5, 10, LONGEST))
            start, length = start + LONGEST, length - LONGEST
        capture.rtp(101, start, struct.pack("!BBH", 5, 10, length), marker=number == 0)
        capture.now_s += 0.02
    for _ in range(3):
        capture.rtp(101, start, struct.pack("!BBH", 5, 0x80 | 10, length))
    stamp += round(held_s * rate)
    for _ in range(50):
        capture.rtp(codec[0], stamp, bytes(80))
        stamp += step
        capture.now_s += 0.02
    capture.sip(CALLER, CALLEE, f"BYE sip:bot@{CALLEE} SIP/2.0", "BYE")
    capture.sip(CALLEE, CALLER, "SIP/2.0 200 OK", "BYE")
    with open("call.pcap", "wb") as file:
        file.write(capture.content)
    report = subprocess.run(["venv/bin/sip-doctor", "read", "call.pcap"], capture_output=True, text=True, timeout=60)
    return re.search(r"RFC 4733\): (\S+)", report.stdout)[1]


seen = []
for rate, held_s in ((48000, 1), (48000, 2), (48000, 3), (8000, 3)):
    seen.append(told(rate, held_s))
    print(f"telephone-event/{rate}, 5 held for {held_s} s: DTMF {seen[-1]}")
if seen != ["5", "55", "555", "5"]:
    sys.exit("changed: 5, 55, 555 and 5 were expected")
PY
venv/bin/python run.py
