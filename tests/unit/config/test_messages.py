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
