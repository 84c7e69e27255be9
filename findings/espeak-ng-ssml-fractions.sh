#!/usr/bin/env bash
# espeak-ng pauses for 92 ms when SSML asks for half a second, and is 5 % louder for +6 dB
#
# Software: espeak-ng 1.51+dfsg-10+deb12u2 (Debian 12)
# Guess:    A pause may be written as 0.5s and 500ms (SSML 1.1, section 3.2.3: times as in CSS2, "2.5s"), a volume in
#           decibels, of which 6 are twice the amplitude (section 3.2.4), and text in a CDATA section is text (XML 1.0,
#           section 2.7).
# Seen:     A pause with a decimal point is a pause without a time. Decibels are taken for percent. What is in CDATA
#           isn't said at all.
# Output:   <break time="500ms"/>: 589 ms longer than without
#           <break time="0.5s"/>: 92 ms longer than without
#           <break time="1.5s"/>: 92 ms longer than without
#           volume +6dB: 1.05 of the amplitude
#           volume -6dB: 0.92 of the amplitude
#           <![CDATA[alarm]]>: 0 ms of sound
# Callbox:  says its announcements with espeak-ng as plain text.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root espeak-ng=1.51+dfsg-10+deb12u2 \
  espeak-ng-data=1.51+dfsg-10+deb12u2 libespeak-ng1=1.51+dfsg-10+deb12u2 libpcaudio0 libsonic0)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
lib=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$lib ESPEAK_DATA_PATH=$lib
python3 - "$tmp" <<'PY'
import array
import subprocess
import sys
import wave

FOLDER = sys.argv[1]


def spoken(ssml):
    """How many ms it lasts, its largest sample, and how many samples aren't 0."""
    path = f"{FOLDER}/spoken.wav"
    program = f"{FOLDER}/root/usr/bin/espeak-ng"
    subprocess.run([program, "-m", "-w", path, f"<speak>{ssml}</speak>"], check=True, stderr=subprocess.DEVNULL)
    with wave.open(path) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        rate = file.getframerate()
    return len(samples) * 1000 // rate, max(map(abs, samples), default=0), sum(map(bool, samples)) * 1000 // rate


plain_ms = spoken("one two")[0]
pauses = []
for time in ("500ms", "0.5s", "1.5s"):
    pauses.append(spoken(f'one <break time="{time}"/> two')[0] - plain_ms)
    print(f'<break time="{time}"/>: {pauses[-1]} ms longer than without')
loud = spoken("alarm")[1]
volumes = []
for volume in ("+6dB", "-6dB"):
    volumes.append(spoken(f'<prosody volume="{volume}">alarm</prosody>')[1] / loud)
    print(f"volume {volume}: {volumes[-1]:.2f} of the amplitude")
said = spoken("<![CDATA[alarm]]>")[2]
print(f"<![CDATA[alarm]]>: {said} ms of sound")
if pauses[0] < 450 or max(pauses[1:]) > 200 or volumes[0] > 1.2 or volumes[1] < 0.8 or said:
    sys.exit("changed: short pauses were expected of fractions, small changes of decibels, and no sound of CDATA")
PY
