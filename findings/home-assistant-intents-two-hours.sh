#!/usr/bin/env bash
# Home Assistant's sentences set no timer of 120 minutes, of a minute, or of an hour and a half
#
# Software: home-assistant-intents 2026.11.25, hassil 3.13.0
# Guess:    Who can set a timer of 100 minutes, of one minute and of one and a half hours can set one of 120 minutes, of
#           a minute, and of an hour and a half: "set a timer for" takes any length of hours, minutes and seconds.
# Seen:     Minutes and seconds go up to 100, hours too, and "a" and "an" are no numbers, but in "half an hour". The
#           sentences aren't recognised; neither is the German one of 120 Minuten.
# Output:   100 minutes: 100 minutes; 120 minutes: not recognised
#           one minute: 1 minutes; a minute: not recognised
#           one and a half hours: 1 hours 30 minutes; an hour and a half: not recognised
#           half an hour: 30 minutes; 100 Minuten: 100 minutes; 120 Minuten: not recognised
# Callbox:  the bot's model turns what is said into a number (set_timer, docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check home-assistant-intents==2026.11.25 hassil==3.13.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from hassil import Intents, TextSlotList, recognize_best
from home_assistant_intents import get_intents

sentences = {"en": "set a timer for {}", "de": "stelle einen timer auf {}"}
intents = {language: Intents.from_dict(get_intents(language)) for language in sentences}
names = {name: TextSlotList.from_strings(["nothing"], name=name) for name in ("name", "area", "floor")}


def timer(length, language="en"):
    sentence = sentences[language].format(length)
    result = recognize_best(sentence, intents[language], slot_lists=names, language=language)
    if result is None:
        return "not recognised"
    assert result.intent.name == "HassStartTimer"
    return " ".join(f"{entity.value:g} {name}" for name, entity in result.entities.items())


PAIRS = (("100 minutes", "120 minutes"), ("one minute", "a minute"), ("one and a half hours", "an hour and a half"))
seen = [(timer(first), timer(second)) for first, second in PAIRS]
for (first, second), (one, other) in zip(PAIRS, seen, strict=True):
    print(f"{first}: {one}; {second}: {other}")
half, german = timer("half an hour"), [timer(f"{minutes} minuten", "de") for minutes in (100, 120)]
print(f"half an hour: {half}; 100 Minuten: {german[0]}; 120 Minuten: {german[1]}")
if any(one == "not recognised" or other != "not recognised" for one, other in [*seen, german]):
    sys.exit("changed: one of each pair was expected to be recognised")
PY
