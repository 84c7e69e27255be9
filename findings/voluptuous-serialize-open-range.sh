#!/usr/bin/env bash
# voluptuous-serialize tells the limit that a value must not reach as one that it may have
#
# Software: voluptuous-serialize 2.7.0, voluptuous 0.16.0
# Guess:    Range(min=0, min_included=False) is another range than Range(min=0): what Home Assistant's pages make a form
#           of either says that 0 is wrong in the first, or leaves the limit out.
# Seen:     Both become valueMin 0. The form takes 0 for a length or a rate, and the home refuses it with an error
#           behind the form. voluptuous-openapi says exclusiveMinimum.
# Output:   0 included: {'type': 'float', 'valueMin': 0, 'valueMax': 10}, 0 is right: True
#           0 not included: {'type': 'float', 'valueMin': 0, 'valueMax': 10}, 0 is right: False
# Callbox:  its numbers in Home Assistant have limits that they may have (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check voluptuous-serialize==2.7.0 voluptuous==0.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import voluptuous as vol
from voluptuous_serialize import convert


def takes_0(schema):
    try:
        schema(0)
    except vol.Invalid:
        return False
    return True


seen = []
for name, included in (("included", True), ("not included", False)):
    schema = vol.Schema(vol.All(vol.Coerce(float), vol.Range(min=0, max=10, min_included=included)))
    seen.append((convert(schema), takes_0(schema)))
    print(f"0 {name}: {seen[-1][0]}, 0 is right: {seen[-1][1]}")
if seen[0][0] != seen[1][0] or [right for _, right in seen] != [True, False]:
    sys.exit("changed: the same form of both ranges was expected")
PY
