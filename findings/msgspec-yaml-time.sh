#!/usr/bin/env bash
# msgspec's YAML takes 07:30 for a string and refuses 12:30
#
# Software: msgspec 0.23.0, PyYAML 6.0.4
# Guess:    msgspec.yaml.decode() reads by the type that it is given: a field of type str is the text of the file, a
#           field of type time takes any time of day.
# Seen:     The text goes through PyYAML first, which reads 12:30 as the number 750: a string field is refused from
#           10:00 on and taken before. A field of type time needs the seconds, yet with them 12:30:00 is refused as a
#           number as well.
# Output:   str: 07:30: 07:30
#           str: 12:30: Expected `str`, got `int`
#           str: 07:30:00: 07:30:00
#           str: 12:30:00: Expected `str`, got `int`
#           time: 07:30: Invalid RFC3339 encoded time
#           time: 12:30: Expected `time`, got `int`
#           time: 07:30:00: 07:30:00
#           time: 12:30:00: Expected `time`, got `int`
# Callbox:  reads numbers by YAML 1.2, where 22:00 of `quiet_hours` is a text (callbox/config/yaml_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check msgspec==0.23.0 pyyaml==6.0.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys

import msgspec

seen = {}
for kind in (str, datetime.time):
    for text in ("07:30", "12:30", "07:30:00", "12:30:00"):
        try:
            value = msgspec.yaml.decode(text.encode(), type=kind)
            seen[kind.__name__, text] = "taken"
        except msgspec.ValidationError as error:
            value, seen[kind.__name__, text] = error, "refused"
        print(f"{kind.__name__}: {text}: {value}")
taken = {key for key, what in seen.items() if what == "taken"}
if taken != {("str", "07:30"), ("str", "07:30:00"), ("time", "07:30:00")}:
    sys.exit("changed: nothing after 10:00 was expected to be taken")
PY
