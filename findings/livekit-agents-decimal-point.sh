#!/usr/bin/env bash
# LiveKit's tokenizers make 35 km of 3.5 km, and put a blank into a web address
#
# Software: livekit-agents 1.8.9
# Guess:    WordTokenizer() leaves punctuation out, which a decimal point and the colon of a time aren't: 3.5 stays 3.5.
#           SentenceTokenizer() cuts a text into sentences, so its tokens are parts of the text.
# Seen:     3.5 km are the words 35 and km, half past seven is 730, $5.50 are 550. www.example.com becomes www.
#           example.com, and ?! becomes ? !, which a voice then says with a pause.
# Output:   3.5 km: 35, km
#           It's 7:30.: Its, 730
#           $5.50 each: 550, each
#           See www.example.com for more.: See www. example.com for more.
#           Really?! Yes, I am sure.: Really? ! Yes, I am sure.
# Callbox:  plays what the bot says and shows its words as they come.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check livekit-agents==1.8.9 livekit==1.1.21
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from livekit.agents.tokenize.basic import SentenceTokenizer, WordTokenizer

words, sentences = WordTokenizer(), SentenceTokenizer()
seen = []
for text in ("3.5 km", "It's 7:30.", "$5.50 each"):
    seen.append(words.tokenize(text))
    print(f"{text}: {', '.join(seen[-1])}")
for text in ("See www.example.com for more.", "Really?! Yes, I am sure."):
    seen.append(sentences.tokenize(text))
    print(f"{text}: {' | '.join(seen[-1])}")
if seen != [
    ["35", "km"],
    ["Its", "730"],
    ["550", "each"],
    ["See www. example.com for more."],
    ["Really? ! Yes, I am sure."],
]:
    sys.exit("changed: numbers without their points were expected, and blanks within an address and ?!")
PY
