#!/usr/bin/env bash
# PyYAML and pydantic make 00:12:30 of an alarm at 12:30
#
# Software: PyYAML 6.0.4, pydantic 2.14.4
# Guess:    A field of type datetime.time takes the 12:30 of a YAML file, as it takes 07:30, or is refused with an
#           error.
# Seen:     From 10:00 on, PyYAML reads the minutes as digits of base 60, YAML 1.1's form of a number: 12:30 is 750.
#           pydantic takes a number for seconds after midnight, and nobody tells anything: alarms in the morning ring
#           in time, the one at noon rings a quarter of an hour after midnight, in UTC besides.
# Output:   at: 07:30: PyYAML '07:30', pydantic 07:30:00
#           at: 10:00: PyYAML 600, pydantic 00:10:00+00:00
#           at: 12:30: PyYAML 750, pydantic 00:12:30+00:00
#           at: 23:59: PyYAML 1439, pydantic 00:23:59+00:00
# Callbox:  reads numbers by YAML 1.2, where 22:00 of `quiet_hours` is a text (callbox/config/yaml_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pyyaml==6.0.4 pydantic==2.14.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys

import pydantic
import yaml


class Alarm(pydantic.BaseModel):
    at: datetime.time


seen = {}
for text in ("07:30", "10:00", "12:30", "23:59"):
    value = yaml.safe_load(f"at: {text}")["at"]
    seen[text] = Alarm(at=value).at.isoformat()
    print(f"at: {text}: PyYAML {value!r}, pydantic {seen[text]}")
expected = {"07:30": "07:30:00", "10:00": "00:10:00+00:00", "12:30": "00:12:30+00:00", "23:59": "00:23:59+00:00"}
if seen != expected:
    sys.exit("changed: minutes for hours were expected from 10:00 on")
PY
