#!/usr/bin/env bash
# Pipecat tells the model that an argument is an object when it is one of an Enum, and no choices of a Literal
#
# Software: pipecat-ai 1.14.0, its direct functions
# Guess:    A direct function is described to the model by its signature and docstring: an argument whose type is an Enum or
#           a Literal of texts is a text, one of those choices, as pydantic describes it too.
# Seen:     Any class that isn't a basic type is taken for a TypedDict: an Enum is an object without properties, and so is
#           typing.Any, which is a class since Python 3.11. A Literal may be anything. So nothing
#           tells the model which colours there are, and that one is a text.
# Output:   colour: LampColour  {"type": "object", "properties": {}}
#           mode: Literal["on", "off"]  {}
#           value: Any  {"type": "object", "properties": {}}
#           pydantic of the colour: {"enum": ["red", "green"], "title": "LampColour", "type": "string"}
# Callbox:  a box describes its tools in JSON Schema itself (docs/tools.md); docs/client.md says it to a bot's author.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soxr==1.0.0 \
  wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import enum
import json
import sys
from typing import Any, Literal

from pipecat.adapters.llm.schemas.direct_function import DirectFunctionWrapper
from pydantic import TypeAdapter


class LampColour(enum.StrEnum):
    RED = "red"
    GREEN = "green"


async def set_lamp(params, colour: LampColour, mode: Literal["on", "off"], value: Any):
    """Switches the lamp."""


properties = DirectFunctionWrapper(set_lamp).to_function_schema().properties
for name, hint in (("colour", "LampColour"), ("mode", 'Literal["on", "off"]'), ("value", "Any")):
    print(f"{name}: {hint}  {json.dumps(properties[name])}")
print("pydantic of the colour:", json.dumps(TypeAdapter(LampColour).json_schema()))
nothing = {"type": "object", "properties": {}}
if properties != {"colour": nothing, "mode": {}, "value": nothing}:
    sys.exit("changed: objects and no choices were expected")
PY
