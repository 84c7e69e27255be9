#!/usr/bin/env bash
# gruut says 2 January in German for 2026-02-01, January in British English for 1/2/2026, and half past twelve for 00:30
#
# Software: gruut 2.4.0, gruut-lang-de 2.0.1, dateparser 1.1.8, which it requires
# Guess:    gruut, which makes a text ready to be spoken, is "locale-aware": "1/1/2020 may be interpreted as M/D/Y or D/M/Y
#           depending on the word or sentence's language" (its README). A date of ISO 8601 has one order in any language, and
#           an hour of 24 is another one than that of 12.
# Seen:     In German, whose day is in front, 2026-02-01 is the second of January, also in SSML that says format="ymd". British
#           English is read as American. Twelve is taken from an hour above it, and 0 is twelve, without a word for the half
#           of the day.
# Output:   de_DE 2026-02-01: zweite Januar zweitausendsechsundzwanzig
#           de_DE 2026-02-01, say-as "ymd": zweitausendsechsundzwanzig Januar zwei
#           de_DE 1/2/2026: erste Februar zweitausendsechsundzwanzig
#           en_GB 1/2/2026: January second , twenty twenty six
#           en_US 00:30: twelve thirty
#           en_US 12:30: twelve thirty
#           en_US 20:15: eight fifteen
# Callbox:  its announcements are spoken by espeak-ng, or by the bot (docs/announcements.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gruut==2.4.0 gruut-lang-de==2.0.1 dateparser==1.1.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from gruut import sentences

YMD = '<speak><say-as interpret-as="date" format="ymd">2026-02-01</say-as></speak>'
expected = {
    ("de_DE", "2026-02-01"): "zweite Januar zweitausendsechsundzwanzig",
    ("de_DE", YMD): "zweitausendsechsundzwanzig Januar zwei",
    ("de_DE", "1/2/2026"): "erste Februar zweitausendsechsundzwanzig",
    ("en_GB", "1/2/2026"): "January second , twenty twenty six",
    ("en_US", "00:30"): "twelve thirty",
    ("en_US", "12:30"): "twelve thirty",
    ("en_US", "20:15"): "eight fifteen",
}
seen = {}
for language, text in expected:
    (sentence,) = sentences(text, lang=language, ssml=text is YMD, phonemes=False)
    seen[language, text] = " ".join(word.text for word in sentence)
    name = '2026-02-01, say-as "ymd"' if text is YMD else text
    print(f"{language} {name}: {seen[language, text]}")
if seen != expected:
    sys.exit("changed: January, twelve and eight were expected")
PY
