#!/usr/bin/env bash
# dtmf's tones are off by up to 10 %, and its 3 has the frequencies of its 2
#
# Software: dtmf 1.1.0 (PyPI)
# Guess:    generate() makes the two frequencies of each key as its own table has them: 697 and 1477 Hz for a 3. ITU-T
#           Q.24 has a receiver take what is off by 1.5 %, and refuse what is off by 3.5 %. The package's own detect()
#           understands them.
# Seen:     It repeats one period of a sine, cut to whole samples of 1/8000 s: 1477 Hz become 1333 Hz, as do 1336 Hz, so
#           3, 6, 9 and # sound as 2, 5, 8 and 0; 697 Hz become 667 Hz. Of the sixteen keys detect() finds none.
# Output:   2: 697 and 1336 Hz asked for, 667 and 1333 Hz made
#           3: 697 and 1477 Hz asked for, 667 and 1333 Hz made
#           #: 941 and 1477 Hz asked for, 889 and 1334 Hz made
#           A: 697 and 1633 Hz asked for, 667 and 1600 Hz made
#           keys that detect() finds in what generate() makes: none of 16
# Callbox:  a digit goes to the bot as RTVI's dtmf message, not as tones.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dtmf==1.1.0
"$tmp/venv/bin/python" - <<'PY'
import cmath
import sys

from dtmf import detect, generate
from dtmf.model import String, Tone

RATE = 8000
LOW, HIGH = {697: "123A", 770: "456B", 852: "789C", 941: "*0#D"}, {1209: "147*", 1336: "2580", 1477: "369#", 1633: "ABCD"}


def strongest(sound, frequencies):
    """Which of the frequencies a sound has most of."""

    def share(frequency):
        return abs(sum(value * cmath.exp(-2j * cmath.pi * frequency * n / RATE) for n, value in enumerate(sound)))

    return max(frequencies, key=share)


made, found = {}, []
for key in "1234567890*#ABCD":
    sound = [value for tone in [list(generate(String([Tone(key)])))[:320]] * 3 for value in tone][:800]
    if key in "23#A":
        made[key] = strongest(sound[:320], range(600, 1050)), strongest(sound[:320], range(1050, 1700))
        asked = [next(hz for hz, keys in table.items() if key in keys) for table in (LOW, HIGH)]
        print(f"{key}: {asked[0]} and {asked[1]} Hz asked for, {made[key][0]} and {made[key][1]} Hz made")
    found += [key for block in detect(sound, RATE) if block.tone and block.tone.symbol == key][:1]
print("keys that detect() finds in what generate() makes:", ", ".join(found) or "none", "of 16")
if any(abs(made["3"][n] - made["2"][n]) > 5 for n in (0, 1)) or found:
    sys.exit("changed: the frequencies of a 2 were expected of a 3, and no key that detect() finds")
PY
