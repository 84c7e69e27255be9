#!/usr/bin/env bash
# sentence-stream takes "Yes." for an abbreviation, and the number of a list's item for the end of the one before
#
# Software: sentence-stream 1.3.0 (PyPI), which Wyoming's Piper server cuts a streamed answer with
# Guess:    "Guess the sentence boundaries in a text stream": so that the first sentence of an answer is spoken while the next is
#           written. "Certainly. The timer is set." are two, so are "Yes." and what follows.
# Seen:     Each capitalised word of up to three letters with a full stop is an abbreviation (Yes, No, Oh, Bye; Ja, Oui), so
#           what begins with one is spoken a sentence later. In a numbered list a sentence ends with the next item's number.
# Output:   Certainly. | The timer is set. | Anything else?
#           Yes. The timer is set. | Anything else?
#           No. Oh. It rang. | Anything else?
#           1. | Tea.\n2. | Rice.
# Callbox:  cuts nothing into sentences; what the bot's server sends as sound is played as it comes.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check sentence-stream==1.3.0
cat > "$tmp/sentences.py" <<'PY'
import sys

from sentence_stream import stream_to_sentences

EXPECTED = {
    "Certainly. The timer is set. Anything else?": "Certainly. | The timer is set. | Anything else?",
    "Yes. The timer is set. Anything else?": "Yes. The timer is set. | Anything else?",
    "No. Oh. It rang. Anything else?": "No. Oh. It rang. | Anything else?",
    "1. Tea.\n2. Rice.\n": "1. | Tea.\\n2. | Rice.",
}
changed = False
for text, expected in EXPECTED.items():
    chunks = [text[at : at + 4] for at in range(0, len(text), 4)]
    seen = " | ".join(stream_to_sentences(chunks)).replace("\n", "\\n")
    print(seen)
    changed |= seen != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/sentences.py"
