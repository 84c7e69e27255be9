"""Contacts that are keys of an input device, in the settings."""

import pytest

from callbox.config import SettingsError, load
from callbox.config.dump import as_dict, dump

BOT = "bot: {start_url: http://a/start}\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "callbox.yaml"


def board(file, text):
    file.write_text(f"{BOT}board: {{{text}}}\n")
    return load(file).settings.board


def test_a_button_is_a_pin_by_default_and_a_key_where_one_is_set(file):
    assert (board(file, "button: {debounce_ms: 5}").button.pin, board(file, "button: {}").button.key) == (17, None)
    button = board(file, 'button: {key: KEY_PHONE, input: "*Jabra*"}').button
    assert (button.pin, button.key, button.input) == (None, "KEY_PHONE", "*Jabra*")


def test_a_key_frees_the_default_pin(file):
    found = board(file, "button: {key: KEY_F13}, mute_switch: {pin: 17}, hook_switch: {key: HID_HOOK_SWITCH}")
    assert found.mute_switch.pin == 17
    assert (found.hook_switch.pin, found.hook_switch.input) == (None, "*")


def test_a_dump_can_be_read_again(file):
    for text in ("button: {key: KEY_PHONE}, mute_switch: {pin: 5}", "buttons: {red: {key: BTN_0}}"):
        before = board(file, text)
        file.write_text(dump(as_dict(load(file).settings)))
        assert load(file).settings.board == before


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("button: {key: KEY_PHONE, pin: 5}", "board.button.key: and pin are both given; one of them is enough"),
        ("button: {pin: null}", "board.button: needs pin, a GPIO number, or key, such as KEY_PHONE"),
        ("buttons: {red: {}}", "board.buttons.red: needs pin, a GPIO number, or key, such as KEY_PHONE"),
        ("mute_switch: {input: x}", "board.mute_switch: needs pin, a GPIO number, or key"),
        ("button: {input: Jabra}", "board.button.input: is the device of key, which is missing"),
        ("button: {key: key_phone}", "board.button.key: is no key such as KEY_PHONE; did you mean KEY_PHONE?"),
        ("button: {key: 169}", "board.button.key:"),
        ("button: {key: PLEASE}", "`callbox devices` lists those of each device"),
        (
            "button: {key: KEY_MUTE}, buttons: {red: {key: KEY_MUTE}}",
            "board.buttons.red.key: KEY_MUTE is used twice; the other one is board.button.key",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_place(file, text, wanted):
    with pytest.raises(SettingsError) as error:
        board(file, text)
    assert wanted in str(error.value)
