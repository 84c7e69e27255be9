"""The JSON schema for editors and the reference for people, both from the model. Pure."""

from typing import Any

from callbox.settings.model import Settings
from callbox.settings.sentences import Schema, expected, shown

_HEAD = """# Settings

One YAML file, by default `/etc/callbox/callbox.yaml`. `callbox check FILE` says everything that is wrong with it, each
as `file:line:column: key: what is wrong, what is allowed`; `callbox run --config FILE` refuses to start with it (exit
code 78). Begin with [the example](../config/callbox.example.yaml); an editor with a YAML language server completes and
checks keys by [the schema](../config/callbox.schema.json).

YAML is read by its version 1.2: `yes`, `on` and `1:30` are texts, a key that stands twice is an error.

A *reference* says where a secret is: `{file: PATH}`, `{env: NAME}` or `{credential: NAME}` (systemd's
`LoadCredential=`); `prefix: "Bearer "` puts a text in front of it. A secret is read when the box starts, and never
written to a log, an MQTT topic or an error.

This file is made from the program's own model by `make docs`; a test compares them.

| Key | Is | Default | Means |
|---|---|---|---|
"""


def json_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of the settings file."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Callbox settings"}


def markdown() -> str:
    """The reference, one row for each key."""
    raw = Settings.model_json_schema()
    return _HEAD + "\n".join(_rows(Schema(raw), ())) + "\n"


def _rows(schema: Schema, path: tuple[str | int, ...]) -> list[str]:
    rows: list[str] = []
    node = schema.at(path) or {}
    for key, property_ in node.get("properties", {}).items():
        here = (*path, key)
        child = schema.at(here) or {}
        required = key in node.get("required", ())
        is_section = "properties" in child and child.get("title") != "SecretRef"
        default = "**needed**" if required else "" if is_section else f"`{shown(property_.get('default'))}`"
        name = ".".join("-" if step == 0 else str(step) for step in here)
        kind = "section" if is_section else expected(child, key)
        about = " ".join(str(child.get("description", "")).split())
        rows.append(f"| `{name}` | {_cell(kind)} | {default} | {_cell(about)} |")
        if is_section:
            rows += _rows(schema, here)
        elif child.get("type") == "array":
            rows += _rows(schema, (*here, 0))
    return rows


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
