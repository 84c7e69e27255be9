#!/usr/bin/env bash
# abbr2words says "She Saturday." of "She sat.", "Das ist Sonntag" of "Das ist so.", and "2 hour"
#
# Software: abbr2words 0.2.16, which was extracted from kokorog2p
# Guess:    Its expansion is "context-aware": sat. and so. are days where a day is meant, as in "Sat. at 5 p.m.", and the end
#           of a sentence elsewhere. A quantity takes the form of its number: 1 hour, 2 hours.
# Seen:     A point behind sat, sun, wed, so or di makes a day of each of them, also in small letters at the end of a
#           sentence, whose point is gone then. Units are those of one, whatever the number says.
# Output:   en: She sat. | She Saturday.
#           en: I see the sun. It is warm. | I see the Sunday It is warm.
#           en: It takes 2 h or 90 min. to go | It takes 2 hour or 90 minute to go
#           de: Das ist so. Dann ging er. | Das ist Sonntag Dann ging er.
#           de: nach 2 Std. | nach 2 Stunde
# Callbox:  its announcements are spoken by espeak-ng, or by the bot (docs/announcements.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check abbr2words==0.2.16
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from abbr2words import abbr2words

expected = {
    ("en", "She sat."): "She Saturday.",
    ("en", "I see the sun. It is warm."): "I see the Sunday It is warm.",
    ("en", "It takes 2 h or 90 min. to go"): "It takes 2 hour or 90 minute to go",
    ("de", "Das ist so. Dann ging er."): "Das ist Sonntag Dann ging er.",
    ("de", "nach 2 Std."): "nach 2 Stunde",
}
seen = {}
for language, text in expected:
    seen[language, text] = abbr2words(text, lang=language)
    print(f"{language}: {text} | {seen[language, text]}")
if seen != expected:
    sys.exit("changed: days of the week and the units of one were expected")
PY
