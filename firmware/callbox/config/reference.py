"""The JSON schema for editors and the reference for people, both from the model. Pure."""

from typing import Any

from callbox.config.json_schema import json_schema as json_schema_of
from callbox.config.messages import SCHEMA, Schema, as_yaml, expected
from callbox.config.schema import RESTART, Settings

_HEAD = """# Settings

Where a value comes from; what stands lower in this list counts more:

1. the defaults below
2. the preset of the board on the header or on USB (`board.preset`); `callbox boards` lists them
3. `/etc/callbox/callbox.yaml` (`--config FILE`: another file)
4. `conf.d/*.yaml` beside it, in the order of their names; `50-boot.yaml` is the one from
   [the boot partition](provisioning.md), `90-fleet.yaml` has [a fleet's signed settings](fleet.md#signed-settings);
   those that the box fetches by itself stand in its place
5. the environment: `CALLBOX__mqtt__host=192.168.1.10`, or all in capital letters
6. the command line: `callbox run --set mqtt.host=192.168.1.10`

Sections are merged key by key; a list, a value and a reference are replaced. `null` takes a section away. The file may
be missing if the folder holds one. In a variable and behind `--set` stands one value as YAML has it: `20` is a number,
`'20'` and `yes` are texts, `{}` is an empty section.

```sh
callbox check                   # says everything that is wrong with all of these
callbox check FILE              # ... with one file alone
callbox config show --origin    # every value in force, and where it comes from; secrets are shown as •••
callbox config schema           # the JSON schema
```

An error is told as `file:line:column: key: what is wrong, what is allowed`, or with the name of the variable or option.
Begin with [the example](../config/callbox.example.yaml); an editor with a YAML language server completes and checks
keys by [the schema](../config/callbox.schema.json).

YAML is read by its version 1.2: `yes`, `on` and `1:30` are texts, a key that stands twice is an error.

A *reference* says where a secret is: `{file: PATH}`, `{env: NAME}` or `{credential: NAME}` (a file in
`/etc/callbox/credentials`, which systemd hands over; or a `LoadCredential=` of your own); `prefix: "Bearer "` puts a
text in front of it. A secret is read when the box starts or reloads, and never written to a log, an MQTT topic or an
error.

## While the box runs

`systemctl reload callbox` (SIGHUP) reads everything again. What differs is told in the journal. `reload` in the table:
in force as soon as no call is on; a call is never dropped. `restart`: from the next `systemctl restart callbox` on.

Wrong settings change nothing: the box goes on with the last good ones, blinks [9](lamps.md), and tells
`settings_wrong` over MQTT and every error in the journal; a good reload ends that. The last good settings are kept in
`/var/lib/callbox/last-good.yaml`, so a start with wrong settings goes on with them too. Where there are none, `callbox
run` shows the 9 once and ends with 78.

## Every key

This file is made from the program's own model by `make docs`; a test compares them.

| Key | Is | Default | In force after | Means |
|---|---|---|---|---|
"""

_NAME = "NAME"
"""Stands for a key that the file's writer chooses."""


def json_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of the settings file."""
    return json_schema_of(Settings, "Callbox settings")


def markdown() -> str:
    """The reference, one row for each key."""
    return _HEAD + "\n".join(_rows(SCHEMA, ())) + "\n"


def _rows(schema: Schema, path: tuple[str | int, ...]) -> list[str]:
    rows: list[str] = []
    node = schema.at(path) or {}
    for key, property_ in node.get("properties", {}).items():
        here = (*path, key)
        child = schema.at(here) or {}
        required = key in node.get("required", ())
        is_section = "properties" in child and child.get("title") != "SecretRef"
        default = "**needed**" if required else "" if is_section else f"`{as_yaml(property_.get('default'))}`"
        name = ".".join("-" if step == 0 else str(step) for step in here)
        named = {} if is_section else schema.at((*here, _NAME)) or {}
        is_named = "properties" in named and named.get("title") != "SecretRef"
        kind = "sections by name" if is_named else "section" if is_section else expected(child, key)
        about = " ".join(str(child.get("description", "")).split())
        after = "restart" if schema.has(here, RESTART) else "reload"
        rows.append(f"| `{name}` | {_cell(kind)} | {default} | {after} | {_cell(about)} |")
        if is_section:
            rows += _rows(schema, here)
        elif child.get("type") == "array":
            rows += _rows(schema, (*here, 0))
        elif is_named:
            rows += _rows(schema, (*here, _NAME))
    return rows


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
