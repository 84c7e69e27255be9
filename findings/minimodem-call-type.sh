#!/usr/bin/env bash
# minimodem tells nothing of a caller when the exchange says what kind of call it is
#
# Software: minimodem 0.24-1+b1 (Debian 12)
# Guess:    minimodem --rx callerid prints what is in the message of a telephone line, each part of which has a type and a
#           length (Bellcore's MDMF; ETSI EN 300 659-3): a type that it doesn't know is left out. In Europe
#           exchanges send the type of the call, 0x11, with the number and the name.
# Seen:     With a part of type 0x11 in it, at the beginning or at the end, only "CALLER-ID" is printed, without time, number
#           and name. Others that it doesn't know, such as 0x03, are told as "unknown3", and the rest is there.
# Output:   time, number, name: Time:  11/30 09:37 | Phone: 555-010-0123 | Name:  BOX
#           call type, time, number, name: nothing
#           time, number, name, call type: nothing
#           dialled number, time, number, name: unknown3: Time:  11/30 09:37 | Phone: 555-010-0123 | Name:  BOX
# Callbox:  has no telephone line; an old telephone's bell and dial are wired to its pins (docs/boards).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root minimodem=0.24-1+b1 libfftw3-single3 libasound2 libpulse0 libsndfile1 \
  libasyncns0 libdbus-1-3 libx11-6 libx11-xcb1 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0 libflac12 libogg0 libvorbis0a \
  libvorbisenc2 libopus0 libmpg123-0 libmp3lame0
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$LD_LIBRARY_PATH/pulseaudio
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import math
import struct
import subprocess
import sys
import wave

RATE, BAUD, MARK, SPACE = 48000, 1200, 1200, 2200  # Bell 202


def message(*parts):
    """A message of multiple data (MDMF) with its checksum."""
    body = b"".join(bytes([kind, len(text)]) + text for kind, text in parts)
    octets = bytes([0x80, len(body)]) + body
    return octets + bytes([-sum(octets) % 256])


def told(octets):
    """What minimodem prints of the message, as it is sent between the first two rings."""
    bits = [0, 1] * 150 + [1] * 180  # channel seizure and mark signal
    for octet in octets:
        bits += [0, *(octet >> place & 1 for place in range(8)), 1]
    bits += [1] * 20
    samples, phase = [0] * (RATE // 4), 0.0
    for number in range(len(bits) * RATE // BAUD):
        phase += 2 * math.pi * (MARK if bits[number * BAUD // RATE] else SPACE) / RATE
        samples.append(round(12000 * math.sin(phase)))
    samples += [0] * (RATE // 2)
    with wave.open("line.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    words = ["minimodem", "--rx", "--quiet", "--file", "line.wav", "callerid"]
    lines = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    return " | ".join(lines[1:]) or "nothing"


TIME, NUMBER, NAME = (0x01, b"11300937"), (0x02, b"5550100123"), (0x07, b"BOX")
CALL_TYPE, DIALLED = (0x11, b"\x01"), (0x03, b"5550199")
MESSAGES = {
    "time, number, name": (TIME, NUMBER, NAME),
    "call type, time, number, name": (CALL_TYPE, TIME, NUMBER, NAME),
    "time, number, name, call type": (TIME, NUMBER, NAME, CALL_TYPE),
    "dialled number, time, number, name": (DIALLED, TIME, NUMBER, NAME),
}
seen = []
for name, parts in MESSAGES.items():
    seen.append(told(message(*parts)))
    print(f"{name}: {seen[-1]}")
if "Phone" not in seen[0] or seen[1:3] != ["nothing"] * 2 or "Phone" not in seen[3]:
    sys.exit("changed: nothing was expected of the second and of the third message")
PY
