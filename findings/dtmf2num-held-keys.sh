#!/usr/bin/env bash
# dtmf2num tells one key in ten twice when it is held for longer than half a second
#
# Software: dtmf2num 0.1.1-2 (Debian 12)
# Guess:    A clean tone of two frequencies without a break is one key, however long it is held and wherever in the file it
#           begins: a receiver needs a pause of 40 ms before it tells the same key again (ITU-T Q.24, table A-1).
# Seen:     Within a steady tone it tells some keys again, by how the tone's beginning meets its blocks of 13 ms: 25 of 160
#           keys of a second, 17 of 160 of 0.6 s, one of 160 of 0.1 s. "1" becomes 11 after 100 ms of silence, and stays 1
#           after 90 ms.
# Output:   1 after 100 ms: 11, after 90 ms: 1
#           held for 0.1 s: 1 of 160 keys told twice
#           held for 0.6 s: 17 of 160 keys told twice
# Callbox:  sends keys as RTVI messages, not as tones (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root dtmf2num=0.1.1-2
dpkg-deb -x dtmf2num_*.deb root
python3 - <<'PY'
import math
import re
import struct
import subprocess
import sys
import wave

RATE = 8000
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = {key: (row, column) for row, keys in zip(ROWS, ("123A", "456B", "789C", "*0#D")) for key, column in zip(keys, COLUMNS)}


def told(key, held_s, silence_ms):
    """What dtmf2num tells of one key after a silence."""
    low, high = (2 * math.pi * frequency / RATE for frequency in KEYS[key])
    tone = [round(8000 * (math.sin(low * at) + math.sin(high * at))) for at in range(round(RATE * held_s))]
    samples = [0] * (RATE * silence_ms // 1000) + tone + [0] * (RATE // 5)
    with wave.open("key.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    run = subprocess.run(["root/usr/bin/dtmf2num", "key.wav"], capture_output=True, text=True, timeout=30)
    return re.search(r"DTMF numbers:\s*(\S+)", run.stdout + run.stderr)[1]


ones = told("1", 0.1, 100), told("1", 0.1, 90)
print(f"1 after 100 ms: {ones[0]}, after 90 ms: {ones[1]}")
twice = []
for held_s in (0.1, 0.6):
    heard = [(key, told(key, held_s, silence_ms)) for key in KEYS for silence_ms in range(100, 200, 10)]
    twice.append(sum(keys == 2 * key for key, keys in heard))
    print(f"held for {held_s} s: {twice[-1]} of {len(heard)} keys told twice")
if ones != ("11", "1") or twice[0] > 5 or twice[1] < 8:
    sys.exit("changed: 11 and 1 were expected, and some ten keys twice that are held for 0.6 s")
PY
