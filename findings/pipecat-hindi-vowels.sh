#!/usr/bin/env bash
# Pipecat keeps the answer to another Hindi word: its NormalizedMatch takes the vowels of Hindi for punctuation
#
# Software: pipecat-ai 1.14.0, its NormalizedMatch
# Guess:    A bot that answers before the user has finished keeps that answer when the transcription that is final "differ[s]
#           only in formatting": in case, punctuation and white space (documentation of NormalizedMatch).
# Seen:     What Python's \w doesn't match counts as punctuation, and that are the vowel signs of Hindi, Marathi, Bengali,
#           Tamil and others: they are marks (Unicode's categories Mn and Mc). So "send the mail" and "send the goods" are
#           equal, and so are "the day" and "the donation". In English each vowel counts, and a minus doesn't.
# Output:   send the mail / send the male: False
#           मेल भेजो (send the mail) / माल भेजो (send the goods): True
#           दिन बताओ (tell the day) / दान बताओ (tell the donation): True
#           নাম (name) / নিম (neem): True
#           turn it to -5 / turn it to 5: True
# Callbox:  answers nothing itself; docs/client.md says it to a bot's author.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soxr==1.0.0 \
  wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from pipecat.turns.user_stop.eager_match_policy import NormalizedMatch

pairs = (
    (("send the mail", ""), ("send the male", ""), False),
    (("मेल भेजो", " (send the mail)"), ("माल भेजो", " (send the goods)"), True),
    (("दिन बताओ", " (tell the day)"), ("दान बताओ", " (tell the donation)"), True),
    (("নাম", " (name)"), ("নিম", " (neem)"), True),
    (("turn it to -5", ""), ("turn it to 5", ""), True),
)
policy = NormalizedMatch()
changed = False
for eager, final, expected in pairs:
    seen = policy.matches(eager[0], final[0])
    print(f"{''.join(eager)} / {''.join(final)}: {seen}")
    changed |= seen != expected
if changed:
    sys.exit("changed: words that differ in their vowels were expected to match in Hindi and Bengali")
PY
