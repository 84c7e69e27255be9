#!/usr/bin/env bash
# ovos-date-parser sets the alarm to midnight when it hears the time as it says it itself
#
# Software: ovos-date-parser 0.29.0 (OpenVoiceOS)
# Guess:    "Tomorrow at half past seven a.m." is 7:30: nice_time() says it so for 7:30, and extract_datetime() is for
#           what people say. Where it finds no time of a day it can say so: its result may be None.
# Seen:     The day is found, the time isn't, and midnight is given for it; of "seven oh five" 5:00. The same in German
#           without the word Uhr: "morgen um acht" is midnight, "morgen um acht Uhr" 8:00.
# Output:   7:00, tomorrow at seven a.m.: 07:00
#           7:05, tomorrow at seven oh five a.m.: 05:00
#           7:30, tomorrow at half past seven a.m.: 00:00
#           19:45, tomorrow at quarter to eight p.m.: 00:00
#           morgen um acht uhr: 08:00, morgen um acht: 00:00
# Callbox:  takes times as JSON from the bot's model or MQTT, none in words (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ovos-date-parser==0.29.0 ovos-number-parser==0.19.13
PYTHONUTF8=1 HOME=$tmp "$tmp/venv/bin/python" -W ignore - 2> "$tmp/log" <<'PY' || { cat "$tmp/log" >&2; exit 1; }
import sys
from datetime import datetime

from ovos_date_parser import extract_datetime, nice_time

NOW = datetime(2027, 3, 10, 9)


def found(text, lang):
    """The time of day that is found in a text about tomorrow."""
    time, _ = extract_datetime(text, anchorDate=NOW, lang=lang)
    assert time.day == 11
    return f"{time:%H:%M}"


seen = []
for hour, minute in ((7, 0), (7, 5), (7, 30), (19, 45)):
    text = "tomorrow at " + nice_time(datetime(2027, 3, 11, hour, minute), lang="en", use_ampm=True)
    seen.append(found(text, "en"))
    print(f"{hour}:{minute:02}, {text}: {seen[-1]}")
german = [found(text, "de") for text in ("morgen um acht uhr", "morgen um acht")]
print("morgen um acht uhr: {}, morgen um acht: {}".format(*german))
if [*seen, *german] != ["07:00", "05:00", "00:00", "00:00", "08:00", "00:00"]:
    sys.exit("changed: midnight was expected of half past seven")
PY
