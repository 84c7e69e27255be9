#!/usr/bin/env bash
# inflect says "a 8 minute timer", "a LED" and "an UDP packet"
#
# Software: inflect 7.6.0 (PyPI), Python 3.11
# Guess:    a() is the correct a or an for a given word (its README), by how it is spoken: "an 8 minute timer", "an 11th
#           call", "an LED", "a UDP packet".
# Seen:     A number in digits is "a" always, an ordinal one too, while the same in words is right. Of initials, those
#           that could be a word are taken for one: L, E, D is "a", and U, D, P is "an".
# Output:   a 8 minute timer
#           an eight minute timer
#           a 11th call
#           a LED
#           an UDP packet
#           a USB card
#           an RTP packet
# Callbox:  has no words for numbers; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check inflect==7.6.0
"$tmp/venv/bin/python" - <<'PY'
import sys

import inflect

engine = inflect.engine()
words = ("8 minute timer", "eight minute timer", "11th call", "LED", "UDP packet", "USB card", "RTP packet")
seen = [engine.a(word) for word in words]
print(*seen, sep="\n")
if [text.split()[0] for text in seen] != ["a", "an", "a", "a", "an", "a", "an"]:
    sys.exit("changed: a 8, a 11th, a LED and an UDP were expected")
PY
