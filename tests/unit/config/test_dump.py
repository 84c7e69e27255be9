"""What `config show` and the journal say of settings."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies

from callbox.config import Settings, load, load_all
from callbox.config.dump import as_dict, changes, dump, flatten, origins
from callbox.config.reference import json_schema
from callbox.config.section import convert
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
    assert (document.data or {}, document.issues) == (tree, [])


def test_settings_without_secrets_are_loaded_again_as_they_are(tmp_path):
    settings = load(ROOT / "config/callbox.example.yaml").settings
    (tmp_path / "again.yaml").write_text(dump(as_dict(settings)))
    assert load(tmp_path / "again.yaml").settings == settings


def test_every_value_has_an_origin(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://a/start}\nmqtt:\n  host: h\n  tls: {}\n")
    loaded = load_all(file, ["log.level=debug"], {"CALLBOX__device__id": "kitchen"})
    reported = origins(loaded)
    assert set(reported) == {path for path, _ in flatten(as_dict(loaded.settings))}
    assert reported["mqtt", "host"] == f"{file}:3"
    assert reported["mqtt", "tls", "insecure"] == reported["device", "name"] == "default"
    assert reported["device", "id"] == "CALLBOX__device__id"
    assert reported["log", "level"] == "--set log.level"


def test_no_secret_is_dumped():
    bot = {
        "start_url": "http://a/start?key=s3cr3t",
        "headers": {"X": "s3cr3t", "Authorization": {"file": "/key"}},
        "request_data": {"body": {"token": "s3cr3t", "list": ["s3cr3t"]}},
    }
    fleet = {"url": "https://fleet.example/settings.yaml?signature=s3cr3t", "public_key": "/key.pem"}
    rendered = dump(as_dict(convert({"bot": bot, "fleet": fleet}, Settings)))
    assert "s3cr3t" not in rendered
    assert 'url: "https://fleet.example/settings.yaml?•••"' in rendered
    assert rendered.count("•••") == 5
    assert "file: /key" in rendered


def test_what_changed_and_what_needs_a_restart():
    old = convert({"bot": {**BOT, "headers": {"X": "s3cr3t"}}}, Settings)
    new = convert(
        {
            "bot": {"start_url": "http://b/start?key=s3cr3t", "headers": {"X": "s3cr3t2"}},
            "mqtt": {"host": "h"},
            "board": {"button": {"pin": 5}},
        },
        Settings,
    )
    found = changes(old, new)
    assert [text for text, restart in found if restart] == ["board.button.pin: 17 -> 5"]
    reported = [text for text, restart in found if not restart]
    assert 'bot.start_url: "http://a/start" -> "http://b/start?•••"' in reported
    assert "bot.headers.X: changed" in reported
    assert "mqtt.host: nothing -> h" in reported
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
    printed = capsys.readouterr().out
    assert "s3cr3t" not in printed
    match flag:
        case []:
            assert read(printed.encode()).data["device"] == {"id": "x", "name": "Callbox"}
        case ["--origin"]:
            assert "  id: x  # --set device.id" in printed.splitlines()
        case ["--json"]:
            assert json.loads(printed)["device"]["id"] == "x"
        case _:
            assert json.loads(printed)["device.id"] == {"value": "x", "origin": "--set device.id"}
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
    file.write_text("bot: 5")
    assert main(["config", "show", "--config", str(file), *flag]) == 78
