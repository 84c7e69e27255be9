"""Surface that users rest on: commands, options, exit codes, topics, settings, the doctor's codes, the client's names and traces.

`surface.json` is the surface of the commit before the modules moved (docs/decisions/0029-target-tree.md). More may come; what is in the
file may go or change only on purpose, together with its line there.
"""

import hashlib
import inspect
import json
import re
from enum import EnumType
from pathlib import Path

import pytest
from docs.generate import mqtt_tables
from tests.rig.command_line import exit_code
from tests.system.interop import recording

import callbox.rtvi
from callbox.cli import main
from callbox.config.reference import json_schema
from callbox.doctor.model.codes import CODES

ROOT = Path(__file__).parents[3]
BEFORE = json.loads(Path(__file__).with_name("surface.json").read_text())


def columns(table):
    """The first column of a Markdown table."""
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]


def branches(schema):
    """`schema` and what it may be, alternatives of alternatives too."""
    yield schema
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from branches(choice)


def keys(schema, definitions, prefix=""):
    """Every key of the settings, dotted."""
    for branch in branches(schema):
        if "$ref" in branch:
            yield from keys(definitions[branch["$ref"].rsplit("/", 1)[-1]], definitions, prefix)
        for name, value in branch.get("properties", {}).items():
            yield f"{prefix}{name}"
            yield from keys(value, definitions, f"{prefix}{name}.")
        if isinstance(branch.get("items"), dict):
            yield from keys(branch["items"], definitions, prefix)


def members(thing):
    """Parameters of what can be called; public members of a class."""
    found = [name for name in dir(thing) if not name.startswith("_")] if inspect.isclass(thing) else []
    if isinstance(thing, EnumType):  # its parameters are Python's own, and other ones from 3.12 on
        return found
    try:
        return [*inspect.signature(thing).parameters, *found]
    except (TypeError, ValueError):
        return found


def test_the_names_of_the_client_stay():
    for name, known in BEFORE["callbox.rtvi"].items():
        assert name in callbox.rtvi.__all__
        assert set(known) <= set(members(getattr(callbox.rtvi, name))), name


def test_topics_and_commands_by_mqtt_stay():
    assert set(BEFORE["topics"]) <= set(columns(mqtt_tables.table()))
    assert set(BEFORE["mqtt commands"]) <= set(columns(mqtt_tables.commands()))


def test_settings_stay():
    schema = json_schema()
    assert set(BEFORE["settings"]) <= set(keys(schema, schema["$defs"]))


def test_codes_of_the_doctor_stay():
    assert set(BEFORE["doctor"]) <= set(CODES)


def test_exit_codes_of_the_help_stay(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    named = re.findall(r"\d+", capsys.readouterr().out.partition("Exit codes:")[2])
    assert [int(number) for number in named] == BEFORE["exit code numbers"]


def test_traces_of_the_client_stay():
    """As they were recorded; `tests.system.interop.test_conformance` plays them again."""
    ours = {name: "\n".join(traces["ours"]).encode() for name, traces in recording.load()["traces"].items()}
    assert {name: hashlib.sha256(trace).hexdigest()[:16] for name, trace in ours.items()} == BEFORE["traces"]


@pytest.mark.parametrize("line", BEFORE["options"])
def test_options_stay(line, capsys):
    with pytest.raises(SystemExit) as end:
        main([*line.split(), "--help"])
    assert end.value.code == 0
    assert set(BEFORE["options"][line]) <= set(re.findall(r"(?<![\w-])--[a-z-]+", capsys.readouterr().out))


@pytest.mark.parametrize("line", BEFORE["exit codes"])
def test_exit_codes_stay(line, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert exit_code(line.split()) == BEFORE["exit codes"][line]
