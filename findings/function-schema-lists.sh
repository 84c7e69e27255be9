#!/usr/bin/env bash
# function-schema can't describe a function that takes a list, and asks for a choice that has a default
#
# Software: function-schema 0.4.5
# Guess:    "You can use any type hinting supported by python", its documentation says, so also list[str]. A parameter
#           with a default isn't required, as in its own example, and a whole number is an integer of JSON Schema.
# Seen:     list[str] and a hint in quotes raise TypeError. A Literal is required though it has a default. An int is a
#           number, so that a model may answer 2.5, and an Optional one hasn't null beside it, its own default.
# Output:   lights: TypeError: isinstance() argument 2 cannot be a parameterized generic
#           lamp: string, required: ['state']
#           timer: number, required: []
# Callbox:  its tools, and those of the settings, are described in JSON Schema by hand (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check function-schema==0.4.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from typing import Annotated, Literal, Optional

from function_schema import get_function_schema


def lights(rooms: Annotated[list[str], "The rooms"]):
    """Turn on lights."""


def lamp(state: Annotated[Literal["on", "off"], "What to do"] = "on"):
    """Turn on a lamp."""


def timer(seconds: Annotated[Optional[int], "How long"] = None):
    """Set a timer."""


seen = []
for function in (lights, lamp, timer):
    try:
        parameters = get_function_schema(function)["parameters"]
        (kind,) = (value["type"] for value in parameters["properties"].values())
        seen.append(f"{kind}, required: {parameters['required']}")
    except TypeError as error:
        seen.append(f"TypeError: {error}")
    print(f"{function.__name__}: {seen[-1]}")
if not seen[0].startswith("TypeError") or seen[1:] != ["string, required: ['state']", "number, required: []"]:
    sys.exit("changed: TypeError was expected of a list, and a required choice")
PY
