"""What `config show` and the journal say of settings."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies

from callbox.config import Settings, load, load_all
from callbox.config.dump import changes, dump, effective, leaves, origins
from callbox.config.reference import json_schema
from callbox.config.yaml_file import read

ROOT = Path(__file__).parents[3]
BOT = {"start_url": "http://a/start"}

SCALARS = strategies.none() | strategies.booleans() | strategies.integers(-9, 10**9) | strategies.text(max_size=9)
TREES = strategies.recursive(
    SCALARS,
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(strategies.dictionaries(strategies.text(max_size=9), TREES, max_size=4))
def test_what_is_written_is_read_back(tree):
    document = read(dump(tree).encode("utf-8", "surrogatepass"))
    assert (document.data or {}, document.flaws) == (tree, [])


def test_settings_without_secrets_are_loaded_again_as_they_are(tmp_path):
    settings = load(ROOT / "config/callbox.example.yaml").settings
    (tmp_path / "again.yaml").write_text(dump(effective(settings)))
    assert load(tmp_path / "again.yaml").settings == settings


def test_every_value_has_an_origin(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://a/start}\nmqtt:\n  host: h\n  tls: {}\n")
    loaded = load_all(file, ["log.level=debug"], {"CALLBOX__device__id": "kitchen"})
    told = origins(loaded)
    assert set(told) == {path for path, _ in leaves(effective(loaded.settings))}
    assert told["mqtt", "host"] == f"{file}:3"
    assert told["mqtt", "tls", "insecure"] == told["device", "name"] == "default"
    assert told["device", "id"] == "CALLBOX__device__id"
    assert told["log", "level"] == "--set log.level"


def test_no_secret_is_shown():
    bot = {
        "start_url": "http://a/start?key=s3cr3t",
        "headers": {"X": "s3cr3t", "Authorization": {"file": "/key"}},
        "request_data": {"body": {"token": "s3cr3t", "list": ["s3cr3t"]}},
    }
    shown = dump(effective(Settings.model_validate({"bot": bot})))
    assert "s3cr3t" not in shown
    assert shown.count("•••") == 4
    assert "file: /key" in shown


def test_what_changed_and_what_needs_a_restart():
    old = Settings.model_validate({"bot": {**BOT, "headers": {"X": "s3cr3t"}}})
    new = Settings.model_validate(
        {
            "bot": {"start_url": "http://b/start?key=s3cr3t", "headers": {"X": "s3cr3t2"}},
            "mqtt": {"host": "h"},
            "board": {"button": {"pin": 5}},
        }
    )
    found = changes(old, new)
    assert [text for text, restart in found if restart] == ["board.button.pin: 17 -> 5"]
    told = [text for text, restart in found if not restart]
    assert 'bot.start_url: "http://a/start" -> "http://b/start?•••"' in told
    assert "bot.headers.X: changed" in told
    assert "mqtt.host: nothing -> h" in told
    assert "s3cr3t" not in str(found)
    assert changes(new, new) == []


def test_the_schema_marks_what_needs_a_restart():
    marked = [name for name, part in json_schema()["properties"].items() if part.get("requires_restart")]
    assert marked == ["board", "panel"]


@pytest.mark.parametrize("flag", [[], ["--origin"], ["--json"], ["--json", "--origin"]])
def test_the_command_shows_it(flag, tmp_path, capsys):
    from callbox.cli import main

    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://a/start, headers: {X: s3cr3t}}\n")
    assert main(["config", "show", "--config", str(file), "--set", "device.id=x", *flag]) == 0
    said = capsys.readouterr().out
    assert "s3cr3t" not in said
    match flag:
        case []:
            assert read(said.encode()).data["device"] == {"id": "x", "name": "Callbox"}
        case ["--origin"]:
            assert "  id: x  # --set device.id" in said.splitlines()
        case ["--json"]:
            assert json.loads(said)["device"]["id"] == "x"
        case _:
            assert json.loads(said)["device.id"] == {"value": "x", "origin": "--set device.id"}
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
    file.write_text("bot: 5")
    assert main(["config", "show", "--config", str(file), *flag]) == 78
