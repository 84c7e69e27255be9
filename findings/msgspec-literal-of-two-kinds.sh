#!/usr/bin/env bash
# msgspec up to 0.21 can't describe a Literal of numbers and texts that it decodes
#
# Software: msgspec 0.21.0 and 0.22.0
# Guess:    A type that decode() takes has a JSON schema: Literal["auto", 0, 1] is
#           {"enum": [0, 1, "auto"]} (JSON Schema, 6.1.2: elements of any type).
# Seen:     The values are sorted to describe them, and a text isn't less than a number: TypeError, of the whole
#           structure that has such a field. Decoding is right. 0.22.0 describes it.
# Output:   msgspec 0.21.0: decode 'auto' and 1, schema: TypeError
#           msgspec 0.22.0: decode 'auto' and 1, schema: {'enum': [0, 1, 'auto']}
# Callbox:  needs 0.22: its settings have such values (pyproject.toml).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cat > "$tmp/run.py" <<'PY'
import sys
from typing import Literal

import msgspec

Sound = Literal["auto", 0, 1]
decoded = [msgspec.json.decode(text, type=Sound) for text in ('"auto"', "1")]
try:
    schema = msgspec.json.schema(Sound)
    seen = sorted(map(str, schema["enum"]))
except TypeError as error:
    schema, seen = "TypeError", "TypeError"
print(f"msgspec {msgspec.__version__}: decode {decoded[0]!r} and {decoded[1]!r}, schema: {schema}")
if decoded != ["auto", 1] or seen != ("TypeError" if msgspec.__version__ < "0.22" else ["0", "1", "auto"]):
    sys.exit("changed: a TypeError was expected of 0.21, and the values of 0.22")
PY
for version in 0.21.0 0.22.0; do
  python3 -m venv "$tmp/$version"
  "$tmp/$version/bin/pip" install -q --disable-pip-version-check msgspec==$version
  "$tmp/$version/bin/python" -W ignore "$tmp/run.py"
done
