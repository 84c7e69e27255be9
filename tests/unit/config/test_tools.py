"""Tools in the settings: what is taken, and each mistake with its place."""

import pytest

from callbox.app.compose.tools import tool_config
from callbox.config import SettingsError, load
from callbox.control.tools import SPECS

BOX = "bot: {start_url: http://a/start}\nmqtt: {host: a}\n"
LIGHT = "tools: {publish: {light: {description: Switch it, topic: home/light, "


@pytest.fixture
def file(tmp_path):
    return tmp_path / "callbox.yaml"


def test_the_harmless_ones_are_allowed_and_every_tool_has_its_permission(file):
    file.write_text(BOX)
    config = tool_config(load(file).settings)
    assert {spec.setting for spec in SPECS} == set(config.permissions)
    assert {name for name, allowed in config.permissions.items() if not allowed} == {"health", "next_bot"}
    assert not config.published


def test_the_owners_tools(file):
    file.write_text(BOX + LIGHT + "payload: '{state}', arguments: {state: {type: string, enum: ['on', 'off']}}}}}")
    [tool] = tool_config(load(file).settings).published
    assert (tool.topic, tool.payload_for({"state": "on"})) == ("home/light", "on")
    assert tool.spec.schema()["parameters"]["properties"] == {"state": {"type": "string", "enum": ["on", "off"]}}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (LIGHT.replace("home/light", "callbox/kitchen/session/set") + "}}}", "topic: is below mqtt.prefix (callbox), "),
        (LIGHT.replace("home/light", "callbox") + "}}}", "topic: is below mqtt.prefix (callbox), "),
        (LIGHT.replace("home/light", "home/+") + "}}}", "topic: must be a topic without + and #"),
        (LIGHT.replace("light:", "Big Light:") + "}}}", "the name of a tool is of a-z, 0-9 and _, at most 64"),
        (LIGHT + "arguments: {A: {type: string}}}}}", "the name of an argument is of a-z"),
        (LIGHT + "payload: '{a}'}}}", "payload: {a} stands for an argument, and there is none of that name"),
        (
            LIGHT + "payload: '{a}', arguments: {a: {type: string, required: false}}}}}",
            "payload: {a} stands for an argument that may be left out (required: false)",
        ),
        (LIGHT + "arguments: {a: {type: integer, enum: [b]}}}}}", "enum: is for type string, and this is integer"),
        (LIGHT + "arguments: {a: {type: string, minimum: 1}}}}}", "is for type integer or number, and this is string"),
        (LIGHT + "arguments: {a: {type: number, minimum: 2, maximum: 1}}}}}", "minimum: is 2, more than maximum"),
    ],
)
def test_mistakes(file, text, wanted):
    file.write_text(BOX + text)
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert wanted in str(raised.value)


def test_the_owners_tools_need_a_broker(file):
    file.write_text("bot: {start_url: http://a/start}\n" + LIGHT + "}}}")
    with pytest.raises(SettingsError, match=r"tools\.publish: needs a broker: mqtt"):
        load(file)
