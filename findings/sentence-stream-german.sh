#!/usr/bin/env bash
# sentence-stream ends a German sentence after "3." of "3. Mai", and after "z." of "z. B. Musik"
#
# Software: sentence-stream 1.3.0, by which Home Assistant's voices begin to speak before the text is complete
# Guess:    "Am 3. Mai um 7 Uhr." is one sentence: a point behind a number is German's way to write an ordinal, and "z.
#           B." is the abbreviation of "for example". The package has texts of many languages, German quotation marks
#           among them.
# Seen:     A capital letter behind the point ends the sentence, and each German noun has one. The voice pauses after
#           "am dritten", or rather after "am drei".
# Output:   Am 3. Mai um 7 Uhr. Bis dann. => Am 3. / Mai um 7 Uhr. Bis dann.
#           Sie hören z. B. Musik. Gut. => Sie hören z. / B. Musik. / Gut.
#           Es kostet 3,50 Euro. Danke. => Es kostet 3,50 Euro. / Danke.
# Callbox:  has no voice; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sentence-stream==1.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from sentence_stream import stream_to_sentences

seen = []
for text in ("Am 3. Mai um 7 Uhr. Bis dann.", "Sie hören z. B. Musik. Gut.", "Es kostet 3,50 Euro. Danke."):
    seen.append(list(stream_to_sentences([text])))
    print(f"{text} => {' / '.join(seen[-1])}")
if seen[0][0] != "Am 3." or seen[1][0] != "Sie hören z." or seen[2] != ["Es kostet 3,50 Euro.", "Danke."]:
    sys.exit("changed: sentences that end after '3.' and 'z.' were expected")
PY
