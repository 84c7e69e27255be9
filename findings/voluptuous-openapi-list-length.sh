#!/usr/bin/env bash
# voluptuous-openapi limits the length of a list by words for texts, and asks for a time beside a date
#
# Software: voluptuous-openapi 0.4.1, voluptuous 0.16.0, jsonschema 4.25.1
# Guess:    A list of one to three rooms becomes an array with minItems and maxItems; a date becomes a string of the
#           format "date" (OpenAPI 3.0.3, "Data Types"; JSON Schema, "Validation"). Home Assistant tells language models
#           by this library what its functions take.
# Seen:     The array has minLength and maxLength, which limit texts and nothing else: ten rooms are right for the
#           schema and wrong for Home Assistant. The date has the format "date-time": a model that obeys is refused.
# Output:   list: {'type': 'array', 'items': {'type': 'string'}, 'minLength': 1, 'maxLength': 3}
#           ten rooms: right for the schema: True, for voluptuous: False
#           date: {'type': 'string', 'format': 'date-time'}
# Callbox:  writes the JSON Schema of its functions itself (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check voluptuous-openapi==0.4.1 voluptuous==0.16.0 \
  jsonschema==4.25.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import jsonschema
import voluptuous as vol
from voluptuous_openapi import convert

ROOMS = vol.Schema(vol.All([str], vol.Length(min=1, max=3)))
TEN = ["kitchen"] * 10


def is_right(check):
    try:
        check()
    except (vol.Invalid, jsonschema.ValidationError):
        return False
    return True


rooms, day = convert(ROOMS), convert(vol.Schema(vol.Date()))
by_schema, by_home = is_right(lambda: jsonschema.validate(TEN, rooms)), is_right(lambda: ROOMS(TEN))
print("list:", rooms)
print(f"ten rooms: right for the schema: {by_schema}, for voluptuous: {by_home}")
print("date:", day)
if not by_schema or by_home or day.get("format") != "date-time":
    sys.exit("changed: minLength of a list and date-time of a date were expected")
PY
