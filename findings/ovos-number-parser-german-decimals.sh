#!/usr/bin/env bash
# ovos-number-parser says "Komma fünf null null" for 0.5 in German, and can't read 1,5
#
# Software: ovos-number-parser 0.19.13 (OpenVoiceOS)
# Guess:    A number that it pronounces in German can be said: 0.5 is "null Komma fünf", as in English "zero point five".
#           And "1,5" is a number in German, since the comma is its decimal sign (CLDR, de).
# Seen:     Digits up to three places are said, also those that are none: "Komma fünf null null", and the zero in front
#           is left out. extract_number() finds nothing in "1,5", and 1.5 in "1.5".
# Output:   0.5: en 'zero point five', de ' Komma fünf null null'
#           12.25: en 'twelve point two five', de 'zwölf Komma zwei fünf null'
#           de '1,5': None, '1.5': 1.5
# Callbox:  neither says nor reads numbers: the bot does, and tools take JSON (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ovos-number-parser==0.19.13
PYTHONUTF8=1 HOME=$tmp "$tmp/venv/bin/python" -W ignore - 2> "$tmp/log" <<'PY' || { cat "$tmp/log" >&2; exit 1; }
import sys

from ovos_number_parser import extract_number, pronounce_number

seen = {number: [pronounce_number(number, lang=lang) for lang in ("en", "de")] for number in (0.5, 12.25)}
for number, (english, german) in seen.items():
    print(f"{number}: en {english!r}, de {german!r}")
comma, point = (extract_number(text, lang="de") for text in ("1,5", "1.5"))
print(f"de '1,5': {comma}, '1.5': {point}")
if seen[0.5][1] != " Komma fünf null null" or seen[12.25][1] != "zwölf Komma zwei fünf null":
    sys.exit("changed: three places, and no zero in front, were expected in German")
if comma or point != 1.5:
    sys.exit("changed: no number was expected of 1,5")
PY
