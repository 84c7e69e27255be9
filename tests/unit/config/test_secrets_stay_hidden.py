"""A secret at a wrong place, written in a wrong way: no message, report, dump or file repeats it."""

import contextlib
import json
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig.crash_injection import NOW

from callbox.cli import main
from callbox.config import SettingsError, load, load_all
from callbox.config.boot_import import Import, ImportResult
from callbox.config.dump import as_dict, dump
from callbox.config.json_schema import json_schema
from callbox.config.messages import SCHEMA
from callbox.config.schema import Settings
from callbox.config.section import convert

CANARY = "c4nary-Hunter2-Zebra"
GOOD = "bot: {start_url: 'http://bot/start'}\n"
WRONG_PLACES = {
    "no space": f"mqtt:\n  password:{CANARY}\n",
    "no space, in a section": f"mqtt:\n  host: h\n  password:{CANARY}\n  port: 1883\n",
    "no space, last line": f"mqtt:\n  host: h\n  password:{CANARY}",
    "non-breaking space": f"mqtt:\n  password:\u00a0{CANARY}\n",
    "non-breaking space, in a section": f"mqtt:\n  host: h\n  password:\u00a0{CANARY}\n",
    "equals": f"PASSWORD={CANARY}\n",
    "equals in a section": f"mqtt:\n  PASSWORD={CANARY}\n",
    "equals after a key": f"mqtt:\n  host: h\n  PASSWORD = {CANARY}\n",
    "the section itself": f"mqtt: {CANARY}\n",
    "a list where a section is wanted": f"mqtt: [{CANARY}]\n",
    "a list where a text is wanted": f"device: {{name: [{CANARY}]}}\n",
    "a section where a text is wanted": f"device: {{name: {{a: {CANARY}}}}}\n",
    "a list where a secret is wanted": f"mqtt: {{host: h, password: [{CANARY}]}}\n",
    "a section where a secret is wanted": f"mqtt: {{host: h, password: {{value: {CANARY}}}}}\n",
    "an unknown key": f"mqtt: {{host: h, passwort: {CANARY}}}\n",
    "as a key": f"mqtt: {{host: h, {CANARY}: 1}}\n",
    "as a key with a colon": f"mqtt: {{host: h, 'password:{CANARY}': 1}}\n",
    "twice": f"mqtt:\n  host: h\n  '{CANARY} x': 1\n  '{CANARY} x': 2\n",
    "another key": f"mqtt: {{host: h, port: {CANARY}}}\n",
    "another key, an enumeration": f"log: {{level: {CANARY}}}\n",
    "another key, a pattern": f"device: {{id: '{CANARY}'}}\n",
    "in a URL": f"bot: {{start_url: 'http://user:{CANARY}@bot/start'}}\n",
    "in a URL of another kind": f"bot: {{start_url: 'mqtt://user:{CANARY}@bot/start'}}\n",
    "in a pattern's URL": f"bot: {{start_url: 'http://b/start', ice_servers: [{{urls: 'http://u:{CANARY}@turn'}}]}}\n",
    "as a number's text": f"speaker: {{buffer_ms: '{CANARY}'}}\n",
    "as an alias": f"mqtt: {{host: h, password: *{CANARY}}}\n",
    "as a tag": f"mqtt: {{host: h, password: !{CANARY} x}}\n",
    "as an anchor": f"mqtt: {{host: h, password: &{CANARY} x, username: &{CANARY} y}}\n",
    "after a merge": f"mqtt: {{<<: {CANARY}}}\n",
    "a second document": f"mqtt: {{host: h}}\n---\nmqtt: {{password: {CANARY}}}\n",
    "a tab": f"mqtt:\n\tpassword: {CANARY}\n",
    "a quote that does not end": f"mqtt:\n  password: '{CANARY}\n",
    "an escape that is none": f'mqtt:\n  password: "\\q{CANARY}"\n',
    "panel": f"panel: {{token: {CANARY}}}\n",
    "panel, no space": f"panel:\n  token:{CANARY}\n",
    "credential of a TURN server": f"bot: {{start_url: 'http://b/start', ice_servers: [{{urls: 'turn:t', credential: {CANARY}}}]}}\n",
    "the whole list of servers": f"bot: {{start_url: 'http://b/start', ice_servers: {CANARY}}}\n",
    "headers as a text": f"bot: {{start_url: 'http://b/start', headers: 'Authorization: {CANARY}'}}\n",
    "headers as a list": f"bot: {{start_url: 'http://b/start', headers: ['Authorization: {CANARY}']}}\n",
    "a header as a list": f"bot: {{start_url: 'http://b/start', headers: {{Authorization: [{CANARY}]}}}}\n",
    "request data as a text": f"bot: {{start_url: 'http://b/start', request_data: {CANARY}}}\n",
    "the file": f"{CANARY}\n",
    "the file as a list": f"- {CANARY}\n",
    "a control character": f'mqtt: {{host: h, password: {{file: "\\x1b{CANARY}"}}}}\n',
}


def text_of(place: str) -> str:
    text = WRONG_PLACES[place]
    return text if "bot:" in text or place.startswith("the file") or place == "equals" else GOOD + text


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_no_message_repeats_a_secret_at_a_wrong_place(place, tmp_path, capsys):
    file = tmp_path / "callbox.yaml"
    file.write_text(text_of(place))
    with pytest.raises(SettingsError) as wrong:
        load(file)
    assert CANARY not in str(wrong.value)
    assert str(file) in str(wrong.value)
    assert main(["check", "--config", str(file)]) == 78
    assert main(["config", "show", "--config", str(file)]) == 78
    assert main(["doctor", "--only", "settings", "--json", "--config", str(file)]) == 2
    assert main(["doctor", "--only", "settings", "--config", str(file)]) == 2
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err


@pytest.mark.parametrize("canary", ["Zq7x", "hunter2", "48151623", "p@ss", "a b", "7f"])
@pytest.mark.parametrize("place", WRONG_PLACES)
def test_no_message_repeats_a_short_secret(place, canary, tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(text_of(place).replace(CANARY, canary))
    try:
        load(file)
    except SettingsError as wrong:
        texts = [line.removeprefix(str(file)).split(": ", 2)[-1] for line in wrong.errors]
        assert not any(re.search(rf"\b{re.escape(canary)}\b", text) for text in texts), texts


@pytest.mark.parametrize("value", ["true", "null", "7", "[]", "word"])
@pytest.mark.parametrize(
    "section",
    [
        "mqtt: {host: h, password: [VALUE]}",
        "mqtt: {host: h, password: VALUE}",
        "panel: {token: VALUE}",
        "bot: {start_url: 'http://b/start', ice_servers: [{urls: 'turn:t', credential: VALUE}]}",
    ],
)
def test_a_value_in_place_of_a_secret_is_not_repeated(section, value, tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(("" if "bot:" in section else GOOD) + section.replace("VALUE", value) + "\n")
    errors: list[str] = []
    try:
        load(file)
    except SettingsError as wrong:
        errors = list(wrong.errors)
    assert not any(", not" in line for line in errors), errors


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_no_report_on_the_card_repeats_it_and_no_file_that_others_read_keeps_it(place, tmp_path):
    boot, etc = tmp_path / "boot", tmp_path / "etc"
    boot.mkdir()
    etc.mkdir()
    card = boot / "callbox.yaml"
    card.write_text(text_of(place))
    card.chmod(0o600)
    outcome = Import(card, etc, NOW).run()
    assert CANARY not in "\n".join(outcome.lines)
    for file in [*boot.iterdir(), *etc.rglob("*")]:
        if file.is_file() and CANARY in file.read_text(errors="replace"):
            assert file.stat().st_mode & 0o077 == 0, file
    assert outcome.end in (ImportResult.REJECTED, ImportResult.IMPORTED)


@pytest.mark.parametrize(
    "text", ["mqtt:\n  password:X1\n", "mqtt:\n  host: h\n  password:X1\n  port: 1\n", "mqtt:\n  password:\u00a0X1\n"]
)
def test_a_missing_space_is_named(tmp_path, text):
    (tmp_path / "a.yaml").write_text(GOOD + text)
    with pytest.raises(SettingsError, match="a space is missing after the colon"):
        load(tmp_path / "a.yaml")


def test_an_equals_sign_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD + "mqtt:\n  PASSWORD=X1\n")
    with pytest.raises(SettingsError, match="YAML wants a colon and a space behind the key, not ="):
        load(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    "option", [f"mqtt.password:{CANARY}", f"mqtt.{CANARY}=1", f"mqtt={CANARY}", f"mqtt.port={CANARY}"]
)
def test_no_option_is_repeated(tmp_path, option):
    (tmp_path / "a.yaml").write_text(GOOD)
    with pytest.raises(SettingsError) as wrong:
        load_all(tmp_path / "a.yaml", [option], {"CALLBOX__mqtt__port": CANARY})
    assert CANARY not in "\n".join(line.partition(": ")[2] for line in wrong.value.errors)


def test_one_list_knows_every_key_that_the_schema_marks():
    marked = set()
    schema = json_schema(Settings, "Settings")

    def walk(node, path):
        if node.get("writeOnly") or node.get("$ref", "").endswith("SecretRef"):
            marked.add(path)
        for key, inner in node.get("properties", {}).items():
            walk(follow(inner), (*path, key))

    def follow(node):
        own = {key: value for key, value in node.items() if key not in ("anyOf", "$ref")}
        for choice in [node, *node.get("anyOf", ())]:
            if "$ref" in choice and not choice["$ref"].endswith("SecretRef"):
                own = schema["$defs"][choice["$ref"].rsplit("/", 1)[1]] | own
        return own

    walk(schema, ())
    assert {("mqtt", "password"), ("panel", "token"), ("bot", "headers"), ("bot", "request_data")} <= marked
    for path in marked:
        data: dict = {}
        inner = data
        for step in path[:-1]:
            inner[step] = inner = {}
        inner[path[-1]] = {"X": CANARY} if path == ("bot", "headers") else CANARY
        assert CANARY in json.dumps([value for _, value in SCHEMA.secrets(data)]), path


def test_a_dump_shows_none():
    given = {
        "bot": {"start_url": f"http://b/start?key={CANARY}", "headers": {"A": CANARY}, "request_data": {"a": [CANARY]}},
    }
    assert CANARY not in dump(as_dict(convert(given, Settings)))
    several = {"bots": {"doctor": {**given["bot"], "fallback_urls": [f"http://c/start?key={CANARY}"]}}}
    assert CANARY not in dump(as_dict(convert(several, Settings)))
    assert CANARY in json.dumps([value for _, value in SCHEMA.secrets(several)])


@pytest.mark.parametrize("key", ["headers", "request_data", "ice_servers"])
def test_the_secrets_of_several_bots_are_those_of_one(key):
    value = [{"urls": "turn:a", "credential": CANARY}] if key == "ice_servers" else {"X": CANARY}
    one = [(path[1:], secret) for path, secret in SCHEMA.secrets({"bot": {key: value}})]
    several = [(path[2:], secret) for path, secret in SCHEMA.secrets({"bots": {"doctor": {key: value}}})]
    assert one == several
    assert CANARY in json.dumps([secret for _, secret in several])


def test_a_reference_without_a_source_is_wrong_everywhere(tmp_path):
    for text in ("mqtt: {host: h, username: {}}", "panel: {token: {}}", "mqtt: {host: h, password: {}}"):
        (tmp_path / "a.yaml").write_text(f"{GOOD}{text}\n")
        with pytest.raises(SettingsError, match="exactly one of credential, file and env"):
            load(tmp_path / "a.yaml")


def test_every_world_readable_secret_file_gives_a_warning(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("long-enough-for-a-token\n")
    secret.chmod(0o644)
    for text in (
        f"panel: {{enabled: true, token: {{file: {secret}}}}}",
        f"mqtt: {{host: h, username: {{file: {secret}}}}}",
    ):
        (tmp_path / "a.yaml").write_text(f"{GOOD}{text}\n")
        assert any("can be read by everybody" in line for line in load(tmp_path / "a.yaml").warnings)


def test_a_byte_order_mark_is_no_part_of_a_secret(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xef\xbb\xbfhunter\r\n")
    secret.chmod(0o600)
    (tmp_path / "a.yaml").write_text(f"{GOOD}mqtt: {{host: h, password: {{file: {secret}}}}}\n")
    loaded = load(tmp_path / "a.yaml")
    assert loaded.settings.mqtt
    assert loaded.settings.mqtt.password
    assert loaded.fetch(loaded.settings.mqtt.password) == "hunter"


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (GOOD + text).encode("utf-8", "surrogatepass")))
def test_no_settings_file_is_a_traceback(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "callbox.yaml").write_bytes(content)
    with contextlib.suppress(SettingsError):
        load(folder / "callbox.yaml")
    (folder / "etc").mkdir()
    outcome = Import(folder / "callbox.yaml", folder / "etc", NOW).run()
    "\n".join(outcome.lines).encode()


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff x", "\\0", "\\e[31m", "\\x7f"])
def test_a_name_that_cannot_be_encoded_or_steers_a_terminal_is_refused(tmp_path, escape):
    boot, etc = tmp_path / "boot", tmp_path / "etc"
    boot.mkdir()
    etc.mkdir()
    (boot / "callbox.yaml").write_text(f'{GOOD}device: {{name: "a{escape}"}}\nmqtt: {{host: h, password: {CANARY}}}\n')
    outcome = Import(boot / "callbox.yaml", etc, NOW).run()
    assert outcome.end is ImportResult.REJECTED
    assert re.search(r"device\.name: holds U\+|half of a character", outcome.lines[0])
    assert not (boot / "callbox.yaml").exists()


def test_a_fifo_is_neither_settings_nor_secret(tmp_path, capsys):
    """No command waits for a writer."""
    os.mkfifo(tmp_path / "fifo")
    assert main(["check", str(tmp_path / "fifo")]) == 78
    assert capsys.readouterr().err == f"{tmp_path}/fifo: is no regular file\n"
    (tmp_path / "a.yaml").write_text(f"{GOOD}mqtt: {{host: h, password: {{file: {tmp_path}/fifo}}}}\n")
    loaded = load(tmp_path / "a.yaml")
    assert loaded.settings.mqtt
    assert loaded.settings.mqtt.password
    with pytest.raises(SettingsError, match="fifo can't be read: is no regular file"):
        loaded.fetch(loaded.settings.mqtt.password)


@pytest.mark.parametrize(("token", "code"), [("1234567", 78), ("12345678", 0), ("", 0)])
def test_check_refuses_a_short_token_that_it_can_read(tmp_path, capsys, token, code):
    (tmp_path / "token").write_text(token)
    (tmp_path / "token").chmod(0o600)
    (tmp_path / "a.yaml").write_text(f"{GOOD}panel: {{enabled: true, token: {{file: {tmp_path}/token}}}}\n")
    assert main(["check", str(tmp_path / "a.yaml")]) == code
    printed = capsys.readouterr().err
    assert ("panel.token: has 7 characters, at least 8 are needed" in printed) == (code == 78)
    assert not token or token not in printed.replace(str(tmp_path), "")
