#!/usr/bin/env bash
# sentencex, by which Pipecat cuts what a bot says, ends a French sentence after M. and a German one after 1.
#
# Software: sentencex 1.0.32
# Guess:    It has the abbreviations of some 300 languages: of French M. for Monsieur, as Mr. of English. In German a
#           number with a point before a noun is an ordinal; "3. Mai" it has as one sentence.
# Seen:     M. Dupont is two sentences, and so is the first Sunday of Advent. A voice makes a pause there.
# Output:   en: Mr. Smith is here. / Good.
#           fr: M. / Dupont arrive. / Bien.
#           de: Am 3. Mai ist frei. / Gut.
#           de: Am 1. / Advent ist frei. / Gut.
# Callbox:  plays and shows what the bot sends.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sentencex==1.0.32
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from sentencex import segment

seen = []
for language, text in (
    ("en", "Mr. Smith is here. Good."),
    ("fr", "M. Dupont arrive. Bien."),
    ("de", "Am 3. Mai ist frei. Gut."),
    ("de", "Am 1. Advent ist frei. Gut."),
):
    seen.append([sentence.strip() for sentence in segment(language, text)])
    print(f"{language}: {' / '.join(seen[-1])}")
if [len(sentences) for sentences in seen] != [2, 3, 2, 3]:
    sys.exit("changed: three sentences were expected with M. and with 1. Advent")
PY
