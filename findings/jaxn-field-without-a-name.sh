#!/usr/bin/env bash
# jaxn tells a field without a name when a blank follows a number, and none of an empty object; ijp refuses 1E+2
#
# Software: jaxn 0.0.5, ijp 1.0.0
# Guess:    Each field of a model's JSON is told once, by jaxn's on_field_end() and ijp's iterator, however it is
#           written: blanks in front of a brace, empty objects and a capital E are JSON (RFC 8259, sections 2 and 6).
# Seen:     A blank in front of the last brace is a second field, whose name and value are empty, and a field with an
#           empty object is none. ijp ends at a capital E, and says "Incomplete JSON data".
# Output:   {"volume": 12}: jaxn ['volume'], ijp ['volume']
#           {"volume": 12 }: jaxn ['volume', ''], ijp ['volume']
#           {"lamp": {}}: jaxn [], ijp []
#           {"volume": 1E+2}: jaxn ['volume'], ijp Incomplete JSON data
# Callbox:  its messages are whole: a tool's arguments come as one JSON object (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check jaxn==0.0.5 ijp==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from ijp import IncrementalJSONParser
from jaxn import JSONParserHandler, StreamingJSONParser


class Fields(JSONParserHandler):
    def __init__(self):
        self.names = []

    def on_field_end(self, path, field_name, value, parsed_value=None):
        self.names.append(field_name)


def by_ijp(document):
    with IncrementalJSONParser() as parser:
        parser.send(document)
        return [path[-1] for path, kind, _value in parser if kind != "stringpart"]


seen = []
for document in ('{"volume": 12}', '{"volume": 12 }', '{"lamp": {}}', '{"volume": 1E+2}'):
    fields = Fields()
    StreamingJSONParser(fields).parse_incremental(document)
    try:
        others = by_ijp(document)
    except ValueError as error:
        others = str(error)
    seen.append((fields.names, others))
    print(f"{document}: jaxn {fields.names}, ijp {others}")
if [names for names, _ in seen] != [["volume"], ["volume", ""], [], ["volume"]] or "Incomplete" not in seen[3][1]:
    sys.exit("changed: a field without a name was expected, none, and an error of ijp")
PY
