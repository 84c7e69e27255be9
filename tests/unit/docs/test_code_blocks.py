"""Every code block of the guides: settings are taken, JSON is JSON, commands have these options, programs are run."""

import json
import re
import shlex

import pytest
import yaml
from tests.unit.docs.test_docs import PAGES, ROOT

from callbox import cli
from callbox.config import load
from callbox.config.schema import Settings

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
BOT = "bot: {start_url: http://192.168.1.20:7860/start}\n"
BOTS = "bots: {kitchen: {start_url: http://192.168.1.20:7860/start}, doctor: {start_url: http://192.168.1.20:7861/start}}\n"
MQTT = "mqtt: {host: 192.168.1.10}\n"
PROGRAMS = {"README.md": 1, "docs/announcements.md": 1, "docs/client.md": 5, "docs/rings.md": 1, "docs/tools.md": 1}
"""Blocks of Python: those of docs/tools.md and docs/announcements.md are in bots that tests call, the others run in
tests/integration/test_example.py."""


def blocks(*languages):
    """Blocks of all pages as parameters."""
    found = []
    for page in PAGES:
        for place, (_, language, text) in enumerate(BLOCK.findall(page.read_text())):
            if language in languages:
                found.append(pytest.param(text, id=f"{page.relative_to(ROOT)}-{place}"))
    return found


@pytest.mark.parametrize("text", blocks("yaml"))
def test_settings_are_taken(text, tmp_path):
    keys = yaml.safe_load(text).keys()
    if not keys & set(Settings.__struct_fields__):
        assert {"triggers", "actions"} <= keys  # of Home Assistant
        return
    rest = MQTT if "mqtt" not in keys else ""
    if not keys & {"bot", "bots"}:
        rest += BOTS if re.search(r"bot: (kitchen|doctor)", text) else BOT
    # On the boot partition a secret may stand in the file; the import moves it away.
    text = text.replace("MY-PASSWORD", "{env: PASSWORD}").replace("Bearer MY-KEY", "{env: KEY}")
    (tmp_path / "callbox.yaml").write_text(text + rest)
    load(tmp_path / "callbox.yaml")


@pytest.mark.parametrize("text", blocks("json"))
def test_json_is_json(text):
    json.loads(text)


def commands(text):
    """Commands of a block, as words, without sudo, redirections and comments."""
    for line in text.replace("\\\n", " ").splitlines():
        for command in re.split(r" (?:&&|\|) ", line.partition(" # ")[0].partition(" > ")[0].partition(" < ")[0]):
            try:
                words = shlex.split(command, comments=True)
            except ValueError:  # goes on in the next line
                continue
            yield words[words[:1] == ["sudo"] :]


def test_commands_have_these_options():
    seen = 0
    for parameter in blocks("sh", "console"):
        for name, *words in (each for each in commands(parameter.values[0]) if each):
            if name in ("callbox", ".venv/bin/callbox"):
                cli._parser(words[0]).parse_args(words)  # exits for what it doesn't know
                seen += 1
            elif name == "make":
                targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
                assert {word for word in words if word.isalpha() and word.islower()} <= set(targets), parameter.id
            elif name == ".venv/bin/python" and not words[0].startswith("-"):
                assert (ROOT / words[0]).is_file(), parameter.id
    assert seen > 30


def test_each_program_is_one_that_a_test_runs():
    found = {}
    for page in PAGES:
        if count := [language for _, language, _ in BLOCK.findall(page.read_text())].count("python"):
            found[str(page.relative_to(ROOT))] = count
    assert found == PROGRAMS


def test_the_line_for_a_pipecat_bot_is_in_the_example_that_a_test_calls():
    (text,) = [
        text for _, language, text in BLOCK.findall((ROOT / "docs/tools.md").read_text()) if language == "python"
    ]
    example = (ROOT / "docs/examples/pipecat_tools.py").read_text()
    for line in text.partition("  #")[0].splitlines():
        assert line in example


def test_the_lines_for_a_pipecat_bot_that_announces_are_in_the_bot_that_a_test_calls():
    (text,) = [
        text
        for _, language, text in BLOCK.findall((ROOT / "docs/announcements.md").read_text())
        if language == "python"
    ]
    bot = (ROOT / "tests/bots/pipecat_words.py").read_text()
    for line in text.splitlines():
        code = line.partition("  #")[0].strip()
        if not code.startswith("async def"):  # there with types
            assert code in bot
