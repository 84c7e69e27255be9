#!/usr/bin/env bash
# flite pauses for a quarter of a second whatever SSML asks for, and says "L T" for a less-than sign
#
# Software: flite 2.2-5 (Debian 12)
# Guess:    With -ssml a pause of 2 s is 2 s longer than one of 0.5 s (SSML 1.1, section 3.2.3), and &lt; is the sign <
#           (XML 1.0, section 4.6), which is said as in a plain text.
# Seen:     Each pause adds 245 ms. The letters of the reference are said: "five L T six".
# Output:   <break time="500ms"/>: 245 ms longer than without
#           <break time="2s"/>: 245 ms longer than without
#           5 < 6 as text: f ay v s ih k s
#           5 &lt; 6 as SSML: f ay v eh l t iy s ih k s
# Callbox:  says its announcements with espeak-ng.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root flite=2.2-5 libflite1=2.2-5)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python3 - "$tmp" <<'PY'
import subprocess
import sys
import wave

FOLDER = sys.argv[1]


def flite(*arguments):
    command = [f"{FOLDER}/root/usr/bin/flite", "-voice", "kal", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def length_ms(ssml):
    flite("-ssml", "-t", ssml, "-o", f"{FOLDER}/spoken.wav")
    with wave.open(f"{FOLDER}/spoken.wav") as file:
        return file.getnframes() * 1000 // file.getframerate()


def phones(*arguments):
    return " ".join(one for one in flite("-ps", *arguments, "-o", "none").split() if one != "pau")


plain_ms = length_ms("one two")
pauses = []
for time in ("500ms", "2s"):
    pauses.append(length_ms(f'one <break time="{time}"/> two') - plain_ms)
    print(f'<break time="{time}"/>: {pauses[-1]} ms longer than without')
text, ssml = phones("-t", "5 < 6"), phones("-ssml", "-t", "5 &lt; 6")
print(f"5 < 6 as text: {text}")
print(f"5 &lt; 6 as SSML: {ssml}")
if pauses[0] != pauses[1] or "eh l t iy" not in ssml or "eh l t iy" in text:
    sys.exit("changed: two equal pauses were expected, and L T of SSML")
PY
