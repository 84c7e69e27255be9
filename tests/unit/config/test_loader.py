from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies

from callbox.config import Settings, SettingsError, load, load_all, secrets
from callbox.config.dump import as_dict, changes, dump
from callbox.config.secrets import SecretMissing, SecretRef
from callbox.config.section import convert

ROOT = Path(__file__).parents[3]
GOOD = "bot: {start_url: http://a/start}\n"

MISSING = (
    "there is no such file; name another with --config FILE, or copy "
    "/usr/share/callbox/callbox.example.yaml (in the source: config/callbox.example.yaml) to it"
)


def errors_of(file, text):
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as caught:
        load(file)
    return [error.removeprefix(f"{file}:") for error in caught.value.errors]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "callbox.yaml"


def test_the_example_is_good_and_shows_the_defaults():
    rendered = load(ROOT / "config/callbox.example.yaml").settings
    bare = convert({"bot": msgspec.to_builtins(rendered.all_bots["bot",])}, Settings)
    assert rendered == bare


@pytest.mark.parametrize("host", ["broker", "broker.lan.", "my_broker", "192.168.1.20", "fe80::1%eth0", "2001:db8::1"])
def test_broker_host_is_a_name_or_an_address(file, host):
    file.write_text(GOOD + f'mqtt: {{host: "{host}"}}')
    mqtt = load(file).settings.mqtt
    assert mqtt is not None
    assert mqtt.host == host


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("mqtt://broker.lan", "without mqtt:// or mqtts://; TLS is mqtt.tls: {}"),
        ("mqtts://box:hunter2@broker.lan:8883/", "without mqtt:// or mqtts://; TLS is mqtt.tls: {}"),
        ("box:hunter2@broker.lan", "the user goes to mqtt.username, the password by reference to mqtt.password"),
        ("broker.lan:1883", "the port goes to mqtt.port"),
        ("192.168.1.20:1883", "the port goes to mqtt.port"),
        ("[2001:db8::1]:1883", "an IPv6 address is written without brackets, the port goes to mqtt.port"),
        ("broker.lan/callbox", "without a path"),
        ("broker lan", "without blanks"),
        ("$BROKER", "a variable is not filled in here: one named CALLBOX__SECTION__KEY sets a key"),
        ("<address>", "a name has letters, digits, - and . only"),
        ("192.168.1.20,1883", "a name has letters, digits, - and . only"),
        ("broker..lan", "such as broker.lan or 192.168.1.20"),
        (f"{'a' * 64}.lan", "such as broker.lan or 192.168.1.20"),
        ("192.168.1.300", "an IPv4 address has four numbers from 0 to 255"),
        ("192.168.120", "an IPv4 address has four numbers from 0 to 255"),
    ],
)
def test_broker_host_with_more_than_the_host_is_refused(file, host, reason):
    [error] = errors_of(file, GOOD + f'mqtt: {{host: "{host}"}}')
    assert error.endswith(f"mqtt.host: must be a host name or address alone; {reason}")
    assert "hunter2" not in error


def test_all_errors_of_a_file_at_once(file):
    text = """\
bot:
  start_url: 192.168.1.20:7860
  offer_url: http://x/y
  headres: {}
  headers: {Authorization: {file: a, env: b}, X: 5}
mqqt: {}
board:
  kind: gpoi
  button: {pin: GPIO17, debounce_ms: 20ms, debounce: 4, pin: 4}
  lamps: {status: {pin: 22, dimmable: yes}, microphone: {pin: 22}}
mqtt: {host: 5, password: hunter2, port: 99999}
speaker: {buffer_ms: 80.5}
log: !secret foo
microphone: null
"""
    assert errors_of(file, text) == [
        "2:14: bot.start_url: must be an address such as http://192.168.1.20:7860/start",
        "3:14: bot.offer_url: and bot.start_url are both given; one of them is enough",
        "4:3: bot.headres: unknown key; did you mean headers?",
        "5:28: bot.headers.Authorization: a reference needs exactly one of credential, file and env; "
        "here is file and env",
        "5:50: bot.headers.X: must be a text, or a reference: {file: PATH}, {env: NAME} or {credential: NAME}; "
        "a number needs quotes",
        "6:1: mqqt: unknown key; did you mean mqtt?",
        '8:9: board.kind: must be "gpio", "simulated" or "panel", not "gpoi"; did you mean gpio?',
        '9:17: board.button.pin: must be a whole number from 2 to 27, not "GPIO17" '
        "(write the number alone, without quotes or unit: 17)",
        '9:38: board.button.debounce_ms: must be a whole number from 0 to 500, in milliseconds, not "20ms" '
        "(write the number alone, without quotes or unit: 20)",
        "9:44: board.button.debounce: unknown key; did you mean debounce_ms?",
        "9:57: pin: stands here a second time; the first is in line 9",
        '10:39: board.lamps.status.dimmable: must be true or false, not "yes" (write true)',
        "10:63: board.lamps.microphone.pin: GPIO 22 is used twice; the other one is board.lamps.status.pin",
        "11:14: mqtt.host: must be a text of 1 to 253 characters, not 5 (in quotes)",
        "11:27: mqtt.password: must be a reference: {file: PATH}, {env: NAME} or {credential: NAME}",
        "11:42: mqtt.port: must be a whole number from 1 to 65535, not 99999",
        "12:22: speaker.buffer_ms: must be a whole number from 30 to 500, in milliseconds, not 80.5 "
        "(without a fraction)",
        "13:6: !secret is Home Assistant's; here a secret is {file: PATH}, {env: NAME} or {credential: NAME}",
        "14:13: microphone: must be a section with keys of its own, not null (leave an empty section out)",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bot:\n\tstart_url: x\n", "2:1: a tab; YAML indents with spaces only"),
        ("bot:\n  x: 1\n \ty: 2\n", "3:2: a tab; YAML indents with spaces only"),
        ("bot:\n  start_url:\thttp://a/start\n", "2:13: a tab; write a space in its place"),
        ("bot:\n  start_url: http://a/start\t\nlog: {}\n", "2:28: a tab; write a space in its place"),
        ("bot: b: c\n", "1:7: mapping values are not allowed here; is the indentation right, "),
        (
            "bot: *x",
            "1:6: nothing in this file has the name that follows the *; a text that begins with * needs quotes",
        ),
        (GOOD + "---\nb: 2\n", "2:1: a second document begins here (---); a settings file is one document"),
        ("bot: [a", "1:6: the [ of line 1 is not closed"),
        ("log: 'abc", "1:6: the quote of line 1 is not closed"),
        ("a: \x01\n", "1:4: a control character (U+0001) can't stand in YAML"),
        (b"# \xe9t\xe9\n", "1:3: byte 0xe9 is not UTF-8; save the file in the encoding UTF-8"),
        (GOOD.encode("utf-16"), "1:1: byte 0xff is not UTF-8; save the file in the encoding UTF-8"),
        (b"#" * 70_000, "1:1: a settings file has at most 65536 bytes; this one has more"),
        (GOOD + 'device: {id: "\\ud83d"}', "2:14: half of a character (a lone surrogate, such as \\ud83d) can't stand"),
        (GOOD + '"\\ud83d": 1', "2:1: half of a character (a lone surrogate, such as \\ud83d) can't stand in a text"),
        ("5", "1:1: the file: must be a section with keys of its own"),
        ("{a: " * 3000, "1:1: brackets are nested too deeply"),
        (GOOD + "x: " + "[" * 40 + "]" * 40, "2:20: nested more than 16 deep, with what aliases (*) repeat"),
        ("log: &a [*a]", "nested more than 16 deep, with what aliases (*) repeat"),
        (
            "x:\n" + "".join(f" k{n}: 1\n" for n in range(5000)),
            "5000:9: more than 5000 keys and values, with what aliases (*) repeat",
        ),
        ("", " is empty; /usr/share/callbox/callbox.example.yaml"),
        ("# nothing\n", " is empty; /usr/share/callbox/callbox.example.yaml"),
        (
            "log: {}",
            "1:1: bot: is missing (where the bot is, by exactly one of start_url and offer_url; or "
            "several of them, in bots, by name)",
        ),
        ("bot: {}", "1:6: bot: needs start_url or offer_url, the address of the bot"),
        ("bot: 2026-01-01", "must be a section with keys of its own, not a text"),
        (
            GOOD + "config_version: 2",
            "2:17: config_version: must be 1, not 2; the file is for a newer Callbox: upgrade this one, or take a file of "
            "its version",
        ),
        (GOOD + "? [a]\n: b", "2:3: a key must be a plain word"),
        (GOOD + "<<: {log: {}}", "2:1: merge keys (<<) are not understood here; write the keys out"),
        ("bot: {start_url: 'http://u:secret@h/'}", "must not hold a password; give it as a header, by reference"),
        (
            "bot: {start_url: 'http://${HOST}:7860/start'}",
            "1:18: bot.start_url: must be an address such as http://192.168.1.20:7860/start; of its host: "
            "a variable is not filled in here: one named CALLBOX__SECTION__KEY sets a key",
        ),
        ("bot: {start_url: 'http://<pi>/start'}", "of its host: a name has letters, digits, - and . only"),
        ("bot: {start_url: 'http://a..b/start'}", "of its host: such as broker.lan or 192.168.1.20"),
        (GOOD + "board: {button: {pin: 22}}", "GPIO 22 is used twice; the other one is board.lamps.status.pin (by def"),
        (
            GOOD + "board: {mute_switch: {pin: 3, pull: down}}",
            "2:37: board.mute_switch.pull: GPIO 3 has a resistor to 3.3 V on the board, so the switch must connect it "
            "to ground: pull up; or take another pin",
        ),
        (
            GOOD + "board: {mute_switch: {pin: 17}}",
            "2:28: board.mute_switch.pin: GPIO 17 is used twice; the other one is board.button.pin (by default)",
        ),
        (GOOD + "board: {mute_switch: {}}", "2:22: board.mute_switch: needs pin, a GPIO number, or key"),
        (
            GOOD + "board: {button: {pin: 2, pull: down}}",
            "2:32: board.button.pull: GPIO 2 has a resistor to 3.3 V on the board, so the button must connect it to "
            "ground: pull up; or take another pin",
        ),
        (GOOD + "device: {id: Kitchen}", 'must be a name of a-z, 0-9 and -, 1 to 32 characters, not "Kitchen"'),
        (GOOD + "mqtt: {host: h, password: {}}", "needs exactly one of credential, file and env; here is none of them"),
        (GOOD + "speaker: {buffer_ms: " + "9" * 5000 + "}", "must be a whole number from 30 to 500, in milliseconds"),
        (
            GOOD + "microphone: {device: 'hw:1,0'}",
            "2:22: microphone.device: must call a card by its name, not by a number: which card is number 1 depends on "
            "what was plugged in first. `callbox devices` lists the names, such as plughw:CARD=Device",
        ),
        (
            GOOD + "speaker:\n  device: plughw:CARD=0,DEV=1",
            "3:11: speaker.device: must call a card by its name, not by a",
        ),
    ],
)
def test_each_mistake_is_reported_with_its_location(file, text, wanted):
    assert any(wanted in error for error in errors_of(file, text))


def test_a_file_that_cannot_be_read(tmp_path):
    for file, wanted in ((tmp_path / "no.yaml", MISSING), (tmp_path, "is a folder; name a file in it")):
        with pytest.raises(SettingsError) as caught:
            load(file)
        assert caught.value.errors == [f"{file}: {wanted}"]


def test_aliases_are_followed_and_laughs_are_not(file):
    file.write_text(GOOD + "board: {button: {debounce_ms: &a 30, hold_ms: 500, double_press_ms: *a}}")
    assert load(file).settings.board.button.double_press_ms == 30
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'ha'}]\n" for n in range(9))
    assert any(
        "more than 5000 keys and values, with what aliases (*) repeat" in error for error in errors_of(file, laughs)
    )


@pytest.mark.parametrize(("word", "value"), [("0x10", 16), ("0o20", 16), ("16", 16), ("+16", 16), ("016", 16)])
def test_numbers_mean_what_yaml_1_2_says(file, word, value):
    file.write_text(GOOD + f"board: {{button: {{pin: {word}}}}}")
    assert load(file).settings.board.button.pin == value


@pytest.mark.parametrize("style", ["|", ">", "|+"])
def test_the_line_end_of_a_block_is_no_part_of_a_text(file, style):
    file.write_text(f"device:\n  id: {style}\n    kitchen\n  name: {style}\n    The kitchen\n\n{GOOD}")
    device = load(file).settings.device
    assert (device.id, device.name) == ("kitchen", "The kitchen")


@pytest.mark.parametrize("name", ["!!str 42", "&a !!str 42", "!!str &a 42", "!!str '42'"])
def test_a_number_that_is_tagged_as_a_text_is_one(file, name):
    file.write_text(GOOD + f"device: {{name: {name}}}")
    assert load(file).settings.device.name == "42"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.one_of(strategies.binary(max_size=200), strategies.text("ab:-[]{}&*!#|>\t\n '\"0.5~?<", max_size=60)))
@example("? a\n: &a !!binary x")
@example("!!map a")
@example("--- !<x> y")
@example("%YAML 9.9\n---\na: b")
def test_any_content_gives_settings_or_errors_with_a_location(file, content):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as caught:  # no random text is a good file
        load(file)
    assert caught.value.errors
    assert all(error.startswith(str(file)) and "\n" not in error for error in caught.value.errors)


def test_secrets_come_by_reference(file, tmp_path, monkeypatch):
    key = tmp_path / "key"
    key.write_text("s3cr3t\n")
    key.chmod(0o600)
    monkeypatch.setenv("KEY", "from-env")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert SecretRef(file=str(key), prefix="Bearer ").fetch() == "Bearer s3cr3t"
    assert SecretRef(env="KEY").fetch() == "from-env"
    assert SecretRef(credential="key").fetch() == "s3cr3t"
    (tmp_path / "callbox_mqtt.password").write_text("of the folder")
    assert SecretRef(credential="mqtt.password").fetch() == "of the folder"
    with pytest.raises(SecretMissing, match=r"there is no credential nothing: is it in /etc/callbox/credentials\?"):
        SecretRef(credential="nothing").fetch()
    file.write_text(GOOD + f"mqtt:\n  host: h\n  tls: {{}}\n  username: u\n  password: {{file: {tmp_path / 'none'}}}\n")
    loaded = load(file)
    assert loaded.warnings == (
        f"{file}:6:13: mqtt.password: {tmp_path / 'none'} can't be read now: No such file or directory",
    )
    mqtt = loaded.settings.mqtt
    assert mqtt is not None
    assert mqtt.password is not None
    with pytest.raises(SettingsError) as caught:
        loaded.fetch(mqtt.password, "mqtt", "password")
    assert str(caught.value).startswith(f"{file}:6:13: mqtt.password: {tmp_path / 'none'} can't be read")


def test_a_variable_that_is_not_set_is_warned_of(file, monkeypatch):
    monkeypatch.delenv("CALLBOX_TOKEN", raising=False)
    file.write_text(GOOD + "panel: {enabled: true, token: {env: CALLBOX_TOKEN}}\n")
    assert load(file).warnings == (f"{file}:2:31: panel.token: the environment variable CALLBOX_TOKEN is not set here",)
    monkeypatch.setenv("CALLBOX_TOKEN", "12345678")
    assert load(file).warnings == ()


def test_a_credential_that_is_not_in_its_folder_is_warned_of_where_the_folder_can_be_read(file, tmp_path, monkeypatch):
    file.write_text(GOOD + "panel: {enabled: true, token: {credential: panel}}\n")
    folder = tmp_path / "credentials"
    monkeypatch.setattr(secrets, "FOLDER", folder)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert load(file).warnings == ()  # it isn't there, or not for this user to read
    folder.mkdir()
    (warning,) = load(file).warnings
    assert warning.startswith(f"{file}:2:31: panel.token: there is no {folder / 'panel'}, unless a LoadCredential=")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load(file).warnings == ()  # the service is given it, or says that it isn't
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    (folder / "panel").write_text("12345678")
    assert load(file).warnings == ()


@pytest.mark.parametrize("key", ["env", "file"])
def test_a_secret_in_the_place_of_its_name_is_not_repeated(file, key):
    secret = "sk-0123456789abcdef"
    file.write_text(GOOD)
    before = load(file).settings
    file.write_text(GOOD + f"panel: {{enabled: true, token: {{{key}: {secret}}}}}\n")
    loaded = load(file)
    (warning,) = loaded.warnings
    assert warning.startswith(f"{file}:2:31: panel.token: ")
    assert warning.endswith("; if that is the secret itself, put it into a file, and name the file")
    token = loaded.settings.panel.token
    assert token is not None
    with pytest.raises(SettingsError) as caught:
        loaded.fetch(token, "panel", "token")
    texts = [warning, str(caught.value), dump(as_dict(loaded.settings)), *changes(before, loaded.settings)]
    assert not [text for text in texts if secret in str(text)]


def test_what_is_unwise_is_warned_of(file, tmp_path):
    (tmp_path / "key").write_text("s3cr3t")
    (tmp_path / "key").chmod(0o644)
    file.write_text(
        "bot:\n  start_url: http://a/start\n  headers: {Authorization: Bearer s3cr3t}\n"
        f"mqtt: {{host: h, username: u, password: {{file: {tmp_path / 'key'}}}}}\n"
    )
    warnings = load(file).warnings
    assert [warning.split(": ", 2)[1] for warning in warnings] == [
        "bot.headers.Authorization",
        "mqtt.password",
        "mqtt.password",
    ]
    assert "s3cr3t" not in "".join(warnings)


@pytest.mark.parametrize(
    ("card", "pin", "reported"),
    [
        ("plughw:CARD=sndrpihifiberry", 19, True),
        ("plughw:CARD=Device", 19, False),
        ("hw:CARD=seeed2micvoicec", 4, False),
    ],
)
def test_a_pin_that_a_card_on_the_header_uses_is_warned_of(file, card, pin, reported):
    file.write_text(GOOD + f"board: {{button: {{pin: {pin}}}}}\nspeaker: {{device: '{card}'}}\n")
    wanted = f"{file}:2:23: board.button.pin: GPIO 19 carries the sound of a card on the header, as speaker.device "
    assert [warning.startswith(wanted) for warning in load(file).warnings] == [True] * reported


@pytest.mark.parametrize("given", ["5", "[hunter2]", "hunter2", "{file: [hunter2]}", "{hunter2: 1, file: a}"])
def test_an_error_never_shows_a_secret_value(file, given):
    rendered = errors_of(file, GOOD + f"mqtt: {{host: h, password: {given}}}")
    assert not any("hunter2" in error for error in rendered if "unknown key" not in error)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("stun:host?transport=udp", "'stun:host?transport=udp': a STUN URL has no ?transport= (RFC 7064)"),
        ("stun:2001:db8::1", "'stun:2001:db8::1' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
        ("turn:host:99999", "'turn:host:99999': port 99999, 1 to 65535 are possible"),
        (
            "turn:box:hunter2@host",
            "a STUN or TURN URL holds no user and password; they stand in username and credential",
        ),
    ],
)
def test_ice_urls_that_no_call_can_use_are_refused(file, url, sentence):
    text = f"bot:\n  start_url: http://pi:7860/start\n  ice_servers:\n    - urls: '{url}'\n"
    assert errors_of(file, text) == [f"4:13: bot.ice_servers.0.urls: {sentence}"]


def test_ice_urls_with_ipv6_are_taken(file):
    text = "bot: {start_url: http://pi:7860/start, ice_servers: [{urls: 'turn:[2001:db8::1]:3478?transport=tcp'}]}\n"
    file.write_text(text)
    assert load(file).settings.all_bots["bot",].ice_servers[0].urls == "turn:[2001:db8::1]:3478?transport=tcp"


def test_a_surrogate_pair_as_json_escapes_it_is_one_character(file):
    file.write_text(GOOD + 'microphone: {device: "\\ud83c\\udfa4"}')
    assert load(file).settings.microphone.device == "\N{MICROPHONE}"


def test_a_value_of_the_environment_that_is_not_utf8_is_an_error_with_its_name(file):
    file.write_text(GOOD)
    with pytest.raises(SettingsError) as caught:
        load_all(file, (), {"CALLBOX__device__id": "\udcff"})
    assert caught.value.errors == [
        "CALLBOX__device__id: half of a character (a lone surrogate, such as \\ud83d) can't stand in a text"
    ]


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ("sound: {echo: half-duplex}", "half_duplex"),
        ("board: {button: {on_press: Push_To_Talk}}", "push_to_talk"),
        ("board: {button: {pull: UP}}", "up"),
        ("log: {level: warn}", "warning"),
    ],
)
def test_the_nearest_of_several_words_is_proposed(tmp_path, settings, meant):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: 'http://a.b/start'}}\n{settings}\n")
    with pytest.raises(SettingsError, match=rf"; did you mean {meant}\?"):
        load(file)


def test_acronyms_keep_their_capitals(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: 'http://a.b/start'}\nboard: {lamps: {status: {dimmable: false}}}\n")
    with pytest.raises(SettingsError, match=r"board.lamps.status.pin: is missing \(kind pin: GPIO number"):
        load(file)
