"""Files, environment and options together: what counts, and where an error is said to be."""

from typing import Any

import pytest
from hypothesis import given, strategies

from callbox.config import SettingsError, load_all
from callbox.config.merge import from_environment, from_options, merge
from callbox.config.model.signed import SignedSettings
from callbox.config.yaml_file import Source, read

GOOD = "bot: {start_url: http://a/start}\n"

MISSING = (
    "there is no such file; name another with --config FILE, or copy "
    "/usr/share/callbox/callbox.example.yaml (in the source: config/callbox.example.yaml) to it"
)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "conf.d").mkdir()
    file = tmp_path / "callbox.yaml"
    file.write_text(GOOD)
    return file


def put(config, name, text):
    (config.parent / "conf.d" / name).write_text(text)


def errors_of(config, options=(), environ=None):
    with pytest.raises(SettingsError) as caught:
        load_all(config, options, environ or {})
    return [error.replace(f"{config.parent}/", "") for error in caught.value.errors]


@pytest.mark.parametrize("variable", ["CALLBOX__device__name", "CALLBOX__DEVICE__NAME"])
def test_the_later_layer_counts(variable, config):
    name = lambda *layers: load_all(config, *layers).settings.device.name  # noqa: E731
    assert name((), {}) == "Callbox"
    config.write_text(GOOD + "device: {name: file, id: kept}\n")
    assert name((), {}) == "file"
    put(config, "20-b.yaml", "device: {name: b}\n")
    put(config, "10-a.yaml", "device: {name: a}\n")
    assert name((), {}) == "b"
    environ = {variable: "environment", "CALLBOX_HOME": "/", "HOME": "/root"}
    assert name((), environ) == "environment"
    assert name(["device.name=option"], environ) == "option"
    assert load_all(config, (), {}).settings.device.id == "kept"


def test_lists_are_replaced_and_null_takes_a_section_away(config):
    config.write_text(GOOD.replace("}", ", ice_servers: [{urls: 'stun:a:1'}, {urls: 'stun:b:1'}]}") + "mqtt: {host: h}")
    put(config, "a.yaml", "bot: {ice_servers: [{urls: 'stun:c:1'}]}\nmqtt: null\n")
    settings = load_all(config, (), {}).settings
    assert [server.urls for server in settings.all_bots["bot",].ice_servers] == ["stun:c:1"]
    assert settings.mqtt is None


def password_of(loaded):
    mqtt = loaded.settings.mqtt
    assert mqtt is not None
    assert mqtt.password is not None
    return mqtt.password.given()


def test_a_reference_is_one_value(config):
    config.write_text(GOOD + "mqtt: {host: h, tls: {}, password: {file: /a, prefix: x}}\n")
    put(config, "50-boot.yaml", "mqtt: {password: {credential: mqtt.password}}\n")
    assert password_of(load_all(config, (), {})) == {"credential": "mqtt.password"}
    environ = {"CALLBOX__mqtt__password__env": "P", "CALLBOX__mqtt__password__prefix": "y"}
    assert password_of(load_all(config, (), environ)) == {"env": "P", "prefix": "y"}


def test_all_errors_of_all_layers_at_once_each_with_its_place(config):
    config.write_text(GOOD + "log: {level: loud}\nboard: {button: {pin: 5}}\n")
    put(config, "10-a.yaml", "board:\n  lamps:\n    status: {pin: 5}\n")
    put(config, "20-b.yaml", "bot:\n\toffer_url: x\n")
    put(config, "30-c.yaml", "7")
    environ = {"CALLBOX__mqtt__port": "99999", "CALLBOX____x": "1", "CALLBOX__log": "[a"}
    assert errors_of(config, ["speaker.buffer_ms=soon", "speaker"], environ) == [
        'callbox.yaml:2:14: log.level: must be "debug", "info", "warning" or "error", not "loud"',
        "conf.d/10-a.yaml:3:19: board.lamps.status.pin: GPIO 5 is used twice; the other one is board.button.pin "
        "(callbox.yaml:3:23)",
        "conf.d/20-b.yaml:2:1: a tab; YAML indents with spaces only",
        "conf.d/30-c.yaml:1:1: the file: must be a section with keys of its own",
        "CALLBOX____x: names no key: there is nothing between two of its separators",
        "CALLBOX__log: the [ of line 1 is not closed before this; a text with : # , or brackets in it needs quotes",
        "CALLBOX__mqtt__port: mqtt.port: must be a whole number from 1 to 65535, not 99999",
        "--set speaker: has no value: --set section.key=value",
        "--set speaker.buffer_ms: speaker.buffer_ms: must be a whole number from 30 to 500, in milliseconds, "
        'not "soon"',
    ]


def test_missing_keys_are_not_reported_while_a_file_cannot_be_read(config):
    config.write_text("bot:\n\tx: 1\n")
    put(config, "a.yaml", "mqtt: {port: 1}\nlog: {level: loud}\n")
    assert [error.split(": ")[0] for error in errors_of(config)] == ["callbox.yaml:2:1", "conf.d/a.yaml:2:14"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("5", 5), ("'5'", "5"), ("yes", "yes"), ("", None), ("true", True), ("1:30", "1:30"), ("a: b", "a: b")),
        *(("*x", "*x"), ("!y", "!y"), ("# z", "# z"), ("{a: [1]}", {"a": [1]}), ("017", 17), ("0x10", 16)),
    ],
)
def test_a_variable_is_one_strict_value(text, value):
    assert from_environment({"CALLBOX__a__b": text}, 1).data == {"a": {"b": value}}
    assert from_options([f"a.b={text}"], 1).data == {"a": {"b": value}}


def test_the_file_may_be_missing_if_the_folder_has_one(config):
    config.unlink()
    assert errors_of(config) == [f"callbox.yaml: {MISSING}"]
    put(config, "50-boot.yaml", GOOD)
    assert load_all(config, (), {}).settings.all_bots["bot",].start_url == "http://a/start"


def test_hidden_files_are_ignored_and_a_yml_gives_a_warning(config):
    put(config, "._20-x.yaml", "\0")
    for name in ("20-x.yml", "30-x.YAML"):
        put(config, name, "log: {level: debug}")
    loaded = load_all(config, (), {})
    assert loaded.settings.log.level == "info"
    assert loaded.warnings == tuple(
        f"{config.parent}/conf.d/{name}: is not read; its name must end in .yaml" for name in ("20-x.yml", "30-x.YAML")
    )


def test_a_variable_with_one_underscore_for_two_gives_a_warning(config):
    config.write_text(GOOD + "mqtt: {host: h, tls: {}, username: u, password: {env: CALLBOX_MQTT_PASSWORD}}\n")
    names = ("CALLBOX_MQTT_HOST", "CALLBOX_bot__start_url", "callbox__mqtt__host")
    environ = dict.fromkeys((*names, "CALLBOX_MQTT_PASSWORD", "CALLBOX_HOME", "CALLBOX__LOG__LEVEL"), "debug")
    warnings = [text for text in load_all(config, (), environ).warnings if "password" not in text]
    text = "is not read; CALLBOX is in capitals, with two underscores between the parts: CALLBOX__mqtt__host"
    assert warnings == [f"{name}: {text}" for name in names]


def test_no_secret_in_an_error_of_a_variable(config):
    printed = errors_of(
        config, ["bot.headers=hunter2"], {"CALLBOX__mqtt__host": "h", "CALLBOX__mqtt__password": "hunter2"}
    )
    assert printed
    assert "hunter2" not in str(printed)


@pytest.mark.parametrize("word", ["*hunter2", "!hunter2", "!hunter!2", "!!hunter2"])
def test_a_password_that_looks_like_yaml_is_not_repeated(config, word):
    config.write_text(GOOD + f"mqtt: {{host: h, password: {word} }}\n")
    assert word == "!!hunter2" or "hunter" not in str(errors_of(config))


LEAVES = strategies.none() | strategies.integers(0, 3) | strategies.lists(strategies.integers(0, 3), max_size=2)
TREES = strategies.dictionaries(
    strategies.sampled_from("abc"),
    strategies.recursive(LEAVES, lambda inner: strategies.dictionaries(strategies.sampled_from("abc"), inner)),
)


def overlaid(low, high):
    if isinstance(low, dict) and isinstance(high, dict):
        return {**low, **{key: overlaid(low.get(key), value) for key, value in high.items()}}
    return high


@given(strategies.lists(TREES, min_size=1, max_size=3))
def test_merging_is_laying_one_over_another_and_every_value_keeps_its_place(trees):
    documents = [read(str(tree).replace("None", "null").encode(), Source(n, f"{n}")) for n, tree in enumerate(trees)]
    before = [str(document) for document in documents]
    merged = merge(documents)
    wanted: Any = {}
    for tree in trees:
        wanted = overlaid(wanted, tree)
    assert merged.data == wanted
    assert [str(document) for document in documents] == before
    walked = set()

    def walk(value, path):
        walked.add(path)
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in inner:
            walk(below, (*path, key))

    walk(wanted, ())
    assert set(merged.values) == walked


def signed(version, text):
    return bytes(SignedSettings(version, 100, text.encode(), bytes(64)))


def test_of_the_fleets_settings_the_higher_version_is_read_in_its_place(config, tmp_path):
    place = tmp_path / "state/fleet"
    place.mkdir(parents=True)
    environ = {"STATE_DIRECTORY": str(tmp_path / "state")}
    name = lambda: load_all(config, (), environ).settings.device.name  # noqa: E731
    put(config, "50-boot.yaml", "device: {name: boot}\n")
    (place / "settings-8.yaml").write_bytes(signed(8, "device: {name: fetched}\n"))
    assert name() == "boot", "no record names it"
    (place / "rollout.json").write_text('{"version": 8}')
    assert name() == "fetched"
    put(config, "90-fleet.yaml", signed(7, "device: {name: older, id: older}\n").decode())
    assert (name(), load_all(config, (), environ).settings.device.id) == ("fetched", None)
    put(config, "90-fleet.yaml", signed(9, "device: {name: applied}\n").decode())
    assert name() == "applied"
    (config.parent / "conf.d/90-fleet.yaml").unlink()
    put(config, "95-here.yaml", "device: {name: here}\n")
    assert name() == "here"
    candidate = tmp_path / "candidate.yaml"
    candidate.write_bytes(signed(9, "device: {id: tried}\n"))
    assert load_all(config, (), environ, fetched=candidate).settings.device.id == "tried"
