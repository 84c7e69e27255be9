"""Tools of the bot: arguments, decisions, the hang-up after the last word."""

import dataclasses
import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callbox.control import tools
from callbox.control.call_control import CallState
from callbox.control.deferred_hang_up import DeferredHangUp
from callbox.control.remote_commands import Denied
from callbox.control.tool_arguments import Argument, ArgumentType, check, json_schema
from callbox.control.tools import TABLE, Decision, Tool, published_tool

T = ArgumentType
ARGUMENTS = {
    "percent": Argument(T.INTEGER, minimum=0, maximum=100),
    "share": Argument(T.NUMBER, maximum=1, required=False),
    "any": Argument(T.INTEGER, required=False),
    "color": Argument(T.STRING, "Colour", ("red", "green"), required=False),
    "text": Argument(T.STRING, max_chars=5, required=False),
    "on": Argument(T.BOOLEAN, required=False),
}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"percent": 100, "text": "abcde"}, {"percent": 100, "text": "abcde"}),
        ({"percent": 30.0, "share": 0.5, "on": False}, {"percent": 30, "share": 0.5, "on": False}),
        ({"percent": 0, "color": "red", "text": "a\nb"}, {"percent": 0, "color": "red", "text": "a b"}),
        ({"percent": 1, "color": None}, {"percent": 1}),
        ({}, "The argument percent is missing; it is a whole number, at least 0, at most 100."),
        ({"percent": 101}, "percent is 101; it must be a whole number, at least 0, at most 100."),
        ({"percent": 1.5}, "percent is 1.5; it must be a whole number, at least 0, at most 100."),
        ({"percent": True}, "percent is True; it must be a whole number, at least 0, at most 100."),
        ({"percent": "30"}, "percent is '30'; it must be a whole number, at least 0, at most 100."),
        ({"percent": 1, "share": math.inf}, "share is inf; it must be a number, at most 1."),
        ({"percent": 1, "any": []}, "any is []; it must be a whole number."),
        ({"percent": 1, "color": "blue"}, "color is 'blue'; it must be one of red, green."),
        ({"percent": 1, "text": "abcdef"}, "text is 'abcdef'; it must be a text of at most 5 characters."),
        ({"percent": 1, "on": 1}, "on is 1; it must be true or false."),
        ({"percent": 1, "x": 1}, "There is no argument x; there are: percent, share, any, color, text, on."),
    ],
)
def test_arguments(values, found):
    result = check(ARGUMENTS, values)
    assert repr(result.text if isinstance(result, Denied) else result) == repr(found)


def test_what_is_long():
    text = {"text": Argument(T.STRING)}
    assert check(text, {"text": "x" * 200}) == {"text": "x" * 200}
    refused = check(text, {"text": "x" * 201})
    assert isinstance(refused, Denied)
    assert refused.text == f"text is '{'x' * 58}…; it must be a text of at most 200 characters."
    unknown = check(text, {"y" * 50: 1})
    assert isinstance(unknown, Denied)
    assert unknown.text == f"There is no argument {'y' * 39}…; there are: text."


def test_schemas_and_hang_ups_are_values():
    for value in (Argument(T.STRING), DeferredHangUp(1.0)):
        assert hash(value) == hash(dataclasses.replace(value))
        assert not hasattr(value, "__dict__")


def test_a_tool_without_arguments():
    result = check({}, {"x": 1})
    assert isinstance(result, Denied)
    assert result.text == "There is no argument x; there is none."


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=6,
)


@example({"percent": math.inf})  # JSON's 1e999
@example({"percent": 10**400})  # no float holds it
@given(st.dictionaries(st.sampled_from([*ARGUMENTS, "other"]), _JSON))
def test_whatever_a_model_says_is_checked(values):
    result = check(ARGUMENTS, values)
    if not isinstance(result, Denied):
        assert 0 <= result["percent"] <= 100
        assert set(result) <= set(ARGUMENTS)


def test_the_schema_is_json_schema():
    assert json_schema({name: ARGUMENTS[name] for name in ("percent", "color")}) == {
        "type": "object",
        "properties": {
            "percent": {"type": "integer", "minimum": 0, "maximum": 100},
            "color": {"type": "string", "description": "Colour", "enum": ["red", "green"]},
        },
        "required": ["percent"],
    }


def test_every_tool_has_a_row_and_nothing_is_performed_without_permission_or_call():
    assert {spec.tool for spec in tools.SPECS} | {Tool.PUBLISH} == set(Tool)
    for (tool, allowed, state), decision in TABLE.items():
        if not allowed:
            assert decision is Decision.NOT_ALLOWED
        elif state is CallState.IDLE:
            assert decision is Decision.NO_CALL
        elif decision is Decision.PERFORM and state is not CallState.TALKING:
            assert tool in (Tool.MUTE_MICROPHONE, Tool.HANG_UP)
    denied = Decision.NOT_ALLOWED.denied("health")
    assert denied
    assert denied.text == "The owner of this box doesn't allow it: tools.health is false."
    assert Decision.PERFORM.denied("health") is None


def test_no_tool_opens_the_microphone():
    """By their schemas: mute takes no argument, and no tool calls."""
    by_tool = {spec.tool: spec for spec in tools.SPECS}
    assert not by_tool[Tool.MUTE_MICROPHONE].arguments
    assert not {"unmute", "call", "connect", "answer"} & {word for tool in Tool for word in tool.value.split("_")}


@pytest.mark.parametrize(
    ("template", "payload"),
    [
        (None, '{"state": "ÖN", "level": 3}'),
        ("{state}", "ÖN"),
        ("{level}/{other}/{state} {}", "3//ÖN {}"),
    ],
)
def test_payloads(template, payload):
    tool = published_tool("light", "Switch it", "home/light", template, {})
    assert tool.payload_for({"state": "ÖN", "level": 3}) == payload
    assert tool.spec.schema()["name"] == "light"


def test_the_tables_of_the_docs():
    assert "| `set_volume` | `tools.volume` | `percent` | Set the volume" in tools.markdown()
    assert "`color` (optional)" in tools.markdown()
    assert "| `hang_up` | no_call | ok | ok | ending | ending |" in tools.decisions_markdown()
    assert json.dumps([spec.schema() for spec in tools.SPECS])


# -- hang-up --------------------------------------------------------------------------------------


def test_a_bot_that_says_nothing_more():
    assert DeferredHangUp(10.0).due_s == 18.0
    assert DeferredHangUp(10.0).on(11.0, speaking=False, answering=False).due_s == 18.0


def test_a_bot_that_says_two_sentences_more():
    waiting = DeferredHangUp(10.0).on(11.0, speaking=False, answering=True)
    assert waiting.due_s == 70.0
    waiting = waiting.on(12.0, speaking=True, answering=True).on(12.5, speaking=True, answering=False)
    assert waiting.due_s == 70.0
    waiting = waiting.on(14.0, speaking=False, answering=False)
    assert waiting.due_s == 15.5
    waiting = waiting.on(14.5, speaking=True, answering=False).on(20.0, speaking=False, answering=False)
    assert waiting.on(20.5, speaking=False, answering=False).due_s == 21.5


def test_a_bot_whose_model_answers_nothing():
    waiting = DeferredHangUp(10.0).on(10.0, speaking=False, answering=True).on(12.0, speaking=False, answering=False)
    assert waiting.due_s == 20.0


def test_a_bot_that_never_ends():
    waiting = DeferredHangUp(10.0).on(10.0, speaking=True, answering=False)
    assert waiting.on(69.5, speaking=False, answering=False).due_s == 70.0
