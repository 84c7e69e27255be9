#!/usr/bin/env bash
# mcpschema converts the example of its own documentation to a tool without a name and parameters
#
# Software: mcpschema 0.1.0
# Guess:    to_openai_tool() of the tool in its Quick Start, a dict, gives a function with its name, description and
#           parameters, as the comment there says; the same for the other makers of models.
# Seen:     The dict is taken for an object, whose attributes it hasn't: the name is empty, and there are no parameters,
#           without an error. tool_from_dict(), which the example hasn't, makes an object of it. The default of a
#           parameter is then left out.
# Output:   name: '', properties: {}
#           name: '', properties: {}
#           name: 'set_timer', properties: {'seconds': {'type': 'integer'}}
# Callbox:  tells its bots its tools by RTVI, with JSON Schema as it is (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mcpschema==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from mcpschema import to_anthropic_tool, to_openai_tool, tool_from_dict

TOOL = {
    "name": "set_timer",
    "description": "Set a timer",
    "inputSchema": {
        "type": "object",
        "properties": {"seconds": {"type": "integer", "default": 60}},
        "required": ["seconds"],
    },
}
seen = [
    to_openai_tool(TOOL)["function"],
    to_anthropic_tool(TOOL),
    to_openai_tool(tool_from_dict(TOOL))["function"],
]
for tool in seen:
    parameters = tool.get("parameters") or tool.get("input_schema")
    print(f"name: {tool['name']!r}, properties: {parameters['properties']}")
if [tool["name"] for tool in seen] != ["", "", "set_timer"]:
    sys.exit("changed: no name was expected of a dict")
PY
