#!/usr/bin/env bash
# rhasspy-nlu takes 0..100,10 for 0..100, so 101 volumes can be said in place of eleven
#
# Software: rhasspy-nlu 0.4.0, networkx 2.4, num2words 0.5.10, numpy 1.23.5 (PyPI), Python 3.11
# Guess:    0..100,10 in a sentence template is each tenth number from 0 to 100: number_range_transform() parses a step
#           and hands it to the slot program rhasspy/number as its third argument.
# Seen:     It looks for the step in a fourth group of a pattern that has three, so the step is 1 always. Without a step
#           the result is the same.
# Output:   0..100: rhasspy/number,0,100,1
#           0..100,10: rhasspy/number,0,100,1
# Callbox:  has no sentences of its own; the bot listens.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rhasspy-nlu==0.4.0 networkx==2.4 num2words==0.5.10 \
  numpy==1.23.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from rhasspynlu.jsgf import Sentence
from rhasspynlu.numbers import number_range_transform

seen = []
for words in ("0..100", "0..100,10"):
    (number,) = Sentence.parse(words).items
    seen.append(number_range_transform(number).slot_name)
    print(f"{words}: {seen[-1]}")
if seen != ["rhasspy/number,0,100,1"] * 2:
    sys.exit("changed: a step of 1 was expected")
PY
