#!/usr/bin/env bash
# brighto-norm4tts leaves out the cents of a price, says "December ten" of 10-12 keys, and "sieben Uhr dreißig Uhr" in German
#
# Software: brighto-norm4tts 1.0.0, a "production multilingual TTS text normalizer"
# Guess:    It makes a text ready to be spoken. The example of its README is "Revenue one point five million dollars" of $1.5M.
# Seen:     Of a price in dollars or euros the whole part is spoken only. Two small numbers with a hyphen are a day and a
#           month, so a date of ISO 8601 is a year and then its month for the day; the word Uhr is spoken twice, and a minus
#           is left to the voice. Its own example comes out with other words.
# Output:   en: The ticket costs $4.99. | The ticket costs four dollars.
#           en: Press 10-12 keys | Press December ten keys
#           en: on 2026-02-01 | on two thousand twenty-six-January two
#           en: It is -5 degrees. | It is -five degrees.
#           en: Revenue $1.5M | Revenue one million five hundred thousand dollars
#           de: um 7:30 Uhr | um sieben Uhr dreißig Uhr
# Callbox:  its announcements are spoken by espeak-ng, which has its own words, or by the bot (docs/announcements.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check brighto-norm4tts==1.0.0
PYTHONUTF8=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from brighto_norm4tts import TTSNormalizer

expected = {
    ("en", "The ticket costs $4.99."): "The ticket costs four dollars.",
    ("en", "Press 10-12 keys"): "Press December ten keys",
    ("en", "on 2026-02-01"): "on two thousand twenty-six-January two",
    ("en", "It is -5 degrees."): "It is -five degrees.",
    ("en", "Revenue $1.5M"): "Revenue one million five hundred thousand dollars",
    ("de", "um 7:30 Uhr"): "um sieben Uhr dreißig Uhr",
}
seen = {}
for language, text in expected:
    seen[language, text] = TTSNormalizer(language).normalize(text)
    print(f"{language}: {text} | {seen[language, text]}")
if seen != expected:
    sys.exit("changed: no cents, December and two Uhr were expected")
PY
