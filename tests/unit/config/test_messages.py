"""What the messages say to somebody who writes settings for the first time: one message for one mistake, with its cure."""

import pytest

from callbox.config import SettingsError, load

BOT = "bot: {start_url: http://a/start}\n"
BOTS = "bots: {kitchen: {start_url: http://a/start}}\n"


def errors_of(tmp_path, text):
    file = tmp_path / "callbox.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as wrong:
        load(file)
    return [line.removeprefix(f"{file}:").split(": ", 1)[1] for line in wrong.value.errors]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("board: {button: {on_press: push-to-talk}}", 'not "push-to-talk"; did you mean push_to_talk?'),
        ("board: {button: {on_press: Push_To_Talk}}", 'not "Push_To_Talk"; did you mean push_to_talk?'),
        ("sound: {echo: half-duplex}", 'not "half-duplex"; did you mean half_duplex?'),
        ("board: {button: {on_hold: push_to_talk}}", "board.button.on_hold: push_to_talk is for on_press only"),
        ("board: {button: {on_press: push_to_talk, on_hold: push_to_talk}}", "push_to_talk is for on_press only"),
        ("board: {button: {on_double_press: push-to-talk}}", "on_double_press: push_to_talk is for on_press only"),
        ("board: {button: {on_press: [call], bot: bot}}", "board.button.on_press: must be"),
        ("device: {id: Kitchen-Box}", 'a name of a-z, 0-9 and -, 1 to 32 characters, not "Kitchen-Box"'),
        ("board: {lamps: {status: 22}}", "(write {pin: 22})"),
        ("board: {mute_switch: 5}", "(write {pin: 5})"),
        ("board: {hook_switch: 5}", "(write {pin: 5})"),
        ("board: {hook_switch: 1234567}", "(write {pin: PIN})"),
        ("mqtt: 192.168.1.10", "(write {host: HOST})"),
        ("mqtt: {host: h, tls: true}", "(write {})"),
        ("wake: true", "(write {enabled: true})"),
        ("chimes: false", "(write {enabled: false})"),
        ("wake: {words: [hey_jarvis]}", "(write {model: MODEL})"),
        ("panel: {allowed_hosts: box.lan}", "(in brackets, also a single one: [ ])"),
        ("board: {button: {pin: 40}}", "not 40 (the GPIO number (BCM), not the number on the header)"),
        ("board: {button: {pin: BOARD11}}", "(the GPIO number (BCM), not the number on the header)"),
        ("calls: {idle_s: 500 ms}", "(write the number alone, without quotes or unit: 0.5)"),
        ("calls: {idle_s: 5 min}", 'not "5 min" (write the number alone, without quotes or unit: 300)'),
        ("calls: {call_s: 2h}", "(write the number alone, without quotes or unit: 7200)"),
        ("calls: {idle_s: '1,5'}", "(write the number alone, without quotes or unit: 1.5)"),
        ("board: {button: {hold_ms: 1 s}}", "(write the number alone, without quotes or unit: 1000)"),
        ("board: {button: {hold_ms: -20ms}}", "(write the number alone, without quotes or unit: -20)"),
        ("calls: {call_s: 30 k}", "(write the number alone, without quotes or unit: 30)"),
        ("mqtt: {host: h, port: 5 s}", "(write the number alone, without quotes or unit: 5)"),
        ("microphone: {device: plughw:CARD=U,DEV=0}", "Within { } a comma ends a value: a text with a comma needs"),
        ("calls: {idle_s: 20,5}", "Within { } a comma ends a value"),
        ("mqtt: {host: h, prefix: /home}", "must be the begin of topics, such as callbox: without +, # and blanks"),
        (
            "announce: {voice: '-'}",
            "must be a voice of espeak-ng, such as en, de or en-us+f3, not a text of 1 character",
        ),
        ("board: {preset: ReSpeaker_2mic}", "no such preset; did you mean respeaker-2mic-v1 or respeaker-2mic-v2?"),
        ("board: {preset: codec-zero.yaml}", "no such preset; did you mean codec-zero?"),
        ("\u00a0panel: {}", "?: holds a blank of another kind, as texts copied from web pages do"),
        ("mqtt: {host: h, homeassistant: true}", "not true (write {})"),
        ("mqtt: {host: h, homeassistant: false}", "not false (write null)"),
        ("board: {mute_switch: false}", "not false (write null)"),
        ("device: kitchen", "not a text; known here: id, name"),
        ("ring: true", "not true; known here: allow_ring, ring_s,"),
        ("board: {buttons: [{pin: 5}]}", "board.buttons: must be sections, each by its name, not a list"),
        ("device: {name: 7}", "not 7 (in quotes)"),
        ("device: {id: 007}", "not 7 (in quotes)"),
        ("device: {id: 12e4}", "not 120000.0 (in quotes)"),
        ("device: {name: true}", "not true (in quotes)"),
        ("mqtt: {host: h, username: 1234}", "{credential: NAME}; a number needs quotes"),
        ("mqtt: {host: h, protocol: '5'}", 'must be "3.1.1" or 5, not "5" (without quotes)'),
        ("board: {button: {debounce_ms: 0.02}}", "in milliseconds, not 0.02 (write 20)"),
        ("speaker: {volume_percent: 0.7}", "in percent, not 0.7 (write 70)"),
        ("speaker: {volume_percent: 70.5}", "in percent, not 70.5 (without a fraction)"),
        ("board: {button: {pin: 17.0}}", "not 17.0 (without a fraction)"),
        ("sound: {mixer_controls: {Speaker: {db: -6 dB}}}", "(write the number alone, without quotes or unit: -6)"),
        ("panel: {enabled: 1}", "must be true or false, not 1 (write true)"),
        ("ring: {allow_ring: 'true'}", 'must be true or false, not "true" (write true)'),
        (
            "board:\n  # pin: 17\n",
            "board: must be a section with keys of its own, not null (leave an empty section out)",
        ),
        ("board: {button: [pin: 17]}", "not a list (its keys, without dashes before them)"),
        ("mqtt: none", "mqtt: must be a section with keys of its own, not a text (write null)"),
        ("board: {lamps: {status: off}}", "not a text (write null)"),
        ("wake: on", "not a text (write {enabled: true})"),
        ("mqtt: {host: h, start_url: x}", "mqtt.start_url: is a key of bot; write it there"),
        ("panel: {echo: x}", "panel.echo: is a key of sound; write it there"),
        ("panel: {keypad: x}", "panel.keypad: is a key of board; write it there"),
        ("panel: {pin: 5}", "panel.pin: unknown key; known here: enabled"),
        ("mqtt: {host: h, protocol: 3}", 'must be "3.1.1" or 5, not 3'),
        ("sound: {opus: {bitrate_bps: 32k}}", "(write the number alone, without quotes or unit: 32000)"),
        ("mqtt.host: h", "?: in a file a section holds its keys; write mqtt: {host: VALUE}"),
        ("board: {lamps.status.pin: 5}", "board.?: in a file a section holds its keys; write lamps: {status: {pin:"),
        ("bots.s3cr3t!.start_url: x", "?: unknown key"),
        ("host: h", "host: is a key of mqtt; write mqtt: {host: VALUE}"),
        ("pin: 5", "pin: unknown key; known here: config_version"),
        ("wake: {words: []}", "wake.words: must be a list of 1 to 4 sections, not of 0"),
        ("announce: {origins: ['ha.local:8123']}", "must be an address such as http://homeassistant.local:8123"),
        ("device: {id: \u201ckitchen\u201d}", "; its quotes are typographic, and so a part of the text"),
        ("mqtt: {host: h, password: \u201es3cr3t\u201c}", "; its quotes are typographic, and so a part of the text"),
    ],
)
def test_one_message_with_its_cure(tmp_path, text, wanted):
    (message,) = errors_of(tmp_path, BOT + text)
    assert wanted in message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("board: {button: {on_press: Push_To_Talk, bot: kitchen}}", "board.button.on_press: must be"),
        ("board: {button: {bot: nurse}}", "there is no bot nurse; there is only kitchen"),
        ("board: {button: {bot: s3cr3t!}}", "there is no such bot; there is only kitchen"),
        ("board: {button: {bot: Kitchen}}", "there is no bot Kitchen; there is only kitchen"),
    ],
)
def test_a_button_of_several_bots(tmp_path, text, wanted):
    (message,) = errors_of(tmp_path, BOTS + text)
    assert wanted in message


def test_a_button_names_a_bot_where_there_is_one_bot_without_a_name(tmp_path):
    (message,) = errors_of(tmp_path, BOT + "board: {button: {bot: nurse}}")
    assert "there is no bot nurse; there are no bots to choose from" in message


def test_the_nearest_bot_is_proposed(tmp_path):
    bots = "bots: {kitchen: {start_url: http://a/}, doctor: {start_url: http://b/}}\n"
    (message,) = errors_of(tmp_path, bots + "board: {button: {bot: kitchn}}")
    assert message.endswith("there is no bot kitchn; there are kitchen, doctor; did you mean kitchen?")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mqtt: {host: @home}", "a text that begins with @ needs quotes"),
        ("log:\n  level: `info", "a text that begins with ` needs quotes"),
    ],
)
def test_what_needs_quotes(tmp_path, text, wanted):
    (message,) = errors_of(tmp_path, BOT + text)
    assert message == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("device: {name: Kitchen: big}", "2:23: the { of line 2 is not closed before this; a text with : # , or"),
        ("device: {name: ${NAME}}", "2:17: the { of line 2 is not closed before this"),
        ("device: {name: Box #3}\n", "2:9: the { of line 2 is not closed before this"),
        (
            "device: {name: #3}\n",
            "a value is missing before this, or a bracket is not closed; a text with # needs quotes",
        ),
        ("announce: {origins: [http://a}", "2:30: the [ of line 2 is not closed before this"),
        ("device: {name: Kitchen}}", "2:24: a value ends before this: a bracket too many"),
        ("device:\n  name: 'Anna's box'", "3:15: a value ends before this: a bracket too many, or a text that begins"),
        ("device:\n  name: 'Anna", "3:9: the quote of line 3 is not closed; in '...' a ' is written twice"),
        ('mqtt: {host: h, tls: {ca_file: "C:\\certs\\ca.pem"}}', 'in "..." each \\ begins an escape'),
        ("device:\n  name: &\n", "3:10: a text that begins with & needs quotes"),
        ("board:\n  button:\n    pin:17\n    hold_ms: 500\n", "4:1: a space is missing after the colon"),
        ("announce:\n  origins: - http://a\n", "3:12: a list begins on a line of its own, below its key"),
        ("board:\n  button:\n      pin: 17\n    hold_ms: 500\n", "5:5: this line is not indented like its neighbours"),
    ],
)
def test_what_is_no_yaml(tmp_path, text, wanted):
    file = tmp_path / "callbox.yaml"
    file.write_text(BOT + text)
    with pytest.raises(SettingsError) as wrong:
        load(file)
    (message,) = wrong.value.errors
    assert message.startswith(f"{file}:")
    assert wanted in message


def test_a_file_in_another_format_shows_how_a_section_is_written(tmp_path):
    (message,) = errors_of(tmp_path, "[bot]\nstart_url = http://a/start\n")
    assert "a section is its name, a colon, and its keys indented below" in message


def test_an_address_of_five_numbers_or_of_too_large_ones_is_none(tmp_path):
    for host in ("192.168.1.300", "192.168.1", "192.168.1.20.1"):
        (message,) = errors_of(tmp_path, f"bot: {{start_url: 'http://{host}:7860/start'}}")
        assert message == f"bot.start_url: {host} is no host: an IPv4 address has four numbers from 0 to 255"


def test_a_time_of_day_without_its_minutes_is_not_made_right_by_quotes(tmp_path):
    (message,) = errors_of(tmp_path, BOT + 'quiet_hours: {start: 22, end: "07:00"}')
    assert message == "quiet_hours.start: must be a time of day from 00:00 to 23:59, such as 22:00, not 22"


@pytest.mark.parametrize("url", ["http://a/start\u200b", "http://a\u00a0/start", "http://a/st art"])
def test_an_address_holds_nothing_that_cannot_be_seen(tmp_path, url):
    (message,) = errors_of(tmp_path, f"bot: {{start_url: '{url}'}}")
    assert message == "bot.start_url: must be an address such as http://192.168.1.20:7860/start"


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ('Authorization: "Bearer s3cr3t\\n"', "bot.headers.Authorization: holds a line break or another character"),
        ("X-Room: K\u00fcche", "bot.headers.X-Room: holds a line break or another character that HTTP forbids"),
        ("X Room: kitchen", "bot.headers.?: the name of a header is of letters, digits and -, such as X-Api-Key"),
    ],
)
def test_a_header_that_cannot_be_sent(tmp_path, headers, wanted):
    (message,) = errors_of(tmp_path, f"bot: {{start_url: http://a/start, headers: {{{headers}}}}}")
    assert message.startswith(wanted)
    assert "s3cr3t" not in message


def test_an_address_in_typographic_quotes(tmp_path):
    (message,) = errors_of(tmp_path, "bot: {start_url: \u201chttp://a/start\u201d}")
    assert message.endswith('; its quotes are typographic, and so a part of the text; type " or leave them out')


def test_a_websocket_begins_with_http_too(tmp_path):
    (message,) = errors_of(tmp_path, "bot: {start_url: 'ws://a/ws', transport: websocket}")
    assert message.endswith("; it begins with http:// or https:// with transport websocket too")


def test_an_address_in_place_of_the_bot(tmp_path):
    (message,) = errors_of(tmp_path, "bot: http://a/start")
    assert message.endswith("not a text (write {start_url: URL})")


@pytest.mark.parametrize("server", ["stun.l.google.com:19302", "stun:stun.l.google.com:19302"])
def test_an_ice_server_without_a_list(tmp_path, server):
    (message,) = errors_of(tmp_path, f"bot: {{start_url: http://a/, ice_servers: '{server}'}}")
    assert message.endswith("a list of 0 to 8 sections, not a text (in brackets, also a single one: [ ])")


@pytest.mark.parametrize("server", ["stun.l.google.com:19302", "stun:stun.l.google.com:19302"])
def test_an_ice_server_without_urls(tmp_path, server):
    (message,) = errors_of(tmp_path, f"bot: {{start_url: http://a/, ice_servers: ['{server}']}}")
    assert message.endswith('(write {urls: "stun:HOST:PORT"})')


@pytest.mark.parametrize(
    ("header", "advice"), [("Authorization", '{file: PATH, prefix: "Bearer "}'), ("X-Api-Key", "{file: PATH}")]
)
def test_the_prefix_is_for_authorization_only(tmp_path, header, advice):
    (tmp_path / "a.yaml").write_text(f"bot: {{start_url: http://a/, headers: {{{header}: s3cr3t}}}}")
    assert any(line.endswith(f"better: {advice}") for line in load(tmp_path / "a.yaml").warnings)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("device:\n  name: Box #3\n", "3:9: device.name"),
        ("mqtt:\n  host: h\n  password: #s3cr3t\n", "4:12: mqtt.password"),
        ("mqtt:\n  host: h\n  username: abc #def\n", "4:13: mqtt.username"),
        ("mqtt:\n  host: h #broker\n  username: abc # of the broker\n", None),
        ("mqtt:\n  host: h\n  username: 'abc #def'\n", None),
        ("device:\n  name: 'Box' #3\n", None),
        ("board:\n  button:\n    pin: 17 #red\n", None),
    ],
)
def test_a_comment_that_cuts_a_text_is_a_warning(tmp_path, text, place):
    file = tmp_path / "callbox.yaml"
    file.write_text(BOT + text)
    cut = [line.removeprefix(f"{file}:") for line in load(file).warnings if "#" in line]
    assert cut == ([f"{place}: the # behind it begins a comment; a text with # in it needs quotes"] if place else [])
