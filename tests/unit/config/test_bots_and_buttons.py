"""Several bots and buttons in the settings: what is taken, and each mistake with its place."""

import pytest

from callbox.config import SettingsError, load
from callbox.config.dump import as_dict, changes, dump
from callbox.config.sources import hardware_settings, load_all

TWO = "bots:\n  kitchen: {start_url: http://a/start}\n  doctor: {offer_url: http://b/api/offer}\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "callbox.yaml"


def test_bots_keep_their_order_and_one_bot_is_one_of_that_name(file):
    file.write_text(TWO)
    assert list(load(file).settings.all_bots) == [("bots", "kitchen"), ("bots", "doctor")]
    file.write_text("bot: {start_url: http://a/start}\n")
    assert list(load(file).settings.all_bots) == [("bot",)]


def test_a_dump_can_be_read_again(file):
    file.write_text(TWO + "board: {buttons: {red: {pin: 5, bot: doctor}}}\n")
    settings = load(file).settings
    file.write_text(dump(as_dict(settings)))
    assert load(file).settings == settings


def test_bots_merge_by_name(file):
    file.write_text(TWO)
    (file.parent / "conf.d").mkdir()
    (file.parent / "conf.d/50.yaml").write_text("bots: {doctor: {standby: cold}, music: {start_url: http://c/start}}\n")
    settings = load_all(file, ["bots.music.standby=hot"], {"CALLBOX__BOTS__KITCHEN__STANDBY": "cold"}).settings
    standby = {place[-1]: bot.standby for place, bot in settings.all_bots.items()}
    assert standby == {"kitchen": "cold", "doctor": "cold", "music": "hot"}


def test_changes_are_listed_by_name_and_need_no_restart(file):
    file.write_text(TWO)
    old = load(file).settings
    file.write_text(TWO + "  music: {start_url: http://c/start}\n")
    found = changes(old, load(file).settings)
    assert ('bots.music.start_url: nothing -> "http://c/start"', False) in found
    assert not any(restart for _, restart in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bots: {}", "bots: is empty; write each bot by its name"),
        (TWO + "bot: {start_url: http://c/}", "2:3: bots: and bot are both given; move the one into bots, by a name"),
        (TWO + "  kitchen: {start_url: http://c/}", "4:3: kitchen: stands here a second time; the first is in line 2"),
        ("bots: {Kitchen: {start_url: http://a/}}", "bots.Kitchen: the name of a bot is of a-z, 0-9 and -, at most 32"),
        ("bots: {kitchen: {}}", "1:17: bots.kitchen: needs start_url or offer_url, the address of the bot"),
        (
            "bots: {kitchen: {start_url: http://a/, offer_url: http://a/}}",
            "1:51: bots.kitchen.offer_url: and bots.kitchen.start_url are both given",
        ),
        (
            "bots: {kitchen: {offer_url: http://a/, transport: daily}}",
            "1:29: bots.kitchen.offer_url: is for webrtc only; bots.kitchen.transport daily needs start_url",
        ),
        (
            "bots: {kitchen: {start_url: http://a/, transport: daily, standby: hot}}",
            "1:67: bots.kitchen.standby: hot is for transport webrtc only",
        ),
        (
            "bots: {kitchen: {start_url: http://a/, fallback_urls: [http://b/, http://a/]}}",
            "1:67: bots.kitchen.fallback_urls.1: is tried already; another address belongs here",
        ),
        (
            "bots: {kitchen: {start_url: http://a/, fallback_urls: http://b/}}",
            "bots.kitchen.fallback_urls: must be a list of 0 to 3 addresses, not a text (in brackets, also a single one: [ ])",
        ),
        (
            "bots: {kitchen: {start_url: http://a/, fallback_urls: [ftp://b/]}}",
            "bots.kitchen.fallback_urls.0: must be an address such as http://192.168.1.20:7860/start",
        ),
        (
            "bots: {a: {start_url: http://a.b/s, dial_digit: '5'}, b: {start_url: http://a.b/s, dial_digit: '5'}}",
            "bots.b.dial_digit: 5 is used twice; the other one is bots.a.dial_digit",
        ),
        (
            "bots: {a: {start_url: http://a.b/s, dial_digit: B}}\n"
            "board: {keypad: {row_pins: [5, 6, 13, 19], column_pins: [12, 16, 20]}}",
            "bots.a.dial_digit: key B needs board.keypad with 4 columns; with a rotary dial take one of 0 to 9",
        ),
        (
            "bot: {start_url: http://a.b/s, dial_digit: '#'}",
            "bot.dial_digit: key # needs board.keypad; with a rotary dial take one of 0 to 9",
        ),
        ("bots: 5", "1:7: bots: must be sections, each by its name"),
        ("bots: {kitchen: 5}", "1:17: bots.kitchen: must be a section with keys of its own"),
    ],
)
def test_each_mistake_with_bots_is_reported_with_its_location(file, text, wanted):
    assert any(wanted in error for error in errors_of(file, text)), errors_of(file, text)


@pytest.mark.parametrize(
    ("board", "wanted"),
    [
        ("{buttons: {red: {}}}", "4:24: board.buttons.red: needs pin, a GPIO number, or key"),
        ("{buttons: {Red: {pin: 5}}}", "board.buttons.Red: the name of a button is of a-z, 0-9 and -, at most 32"),
        ("{buttons: {main: {pin: 5}}}", "board.buttons.main: is the name of board.button; give this one another name"),
        (
            "{buttons: {red: {pin: 17}}}",
            "4:30: board.buttons.red.pin: GPIO 17 is used twice; the other one is board.button.pin (by default)",
        ),
        (
            "{mute_switch: {pin: 5}, buttons: {red: {pin: 5}}}",
            "4:53: board.buttons.red.pin: GPIO 5 is used twice; the other one is board.mute_switch.pin",
        ),
        (
            "{buttons: {red: {pin: 5}, green: {pin: 5}}}",
            "4:47: board.buttons.green.pin: GPIO 5 is used twice; the other one is board.buttons.red.pin",
        ),
        (
            "{buttons: {red: {pin: 3, pull: down}}}",
            "4:39: board.buttons.red.pull: GPIO 3 has a resistor to 3.3 V on the board, so the button must connect it",
        ),
        (
            "{buttons: {red: {pin: 5, on_press: call, bot: nurse}}}",
            "4:54: board.buttons.red.bot: there is no bot nurse; there are kitchen, doctor",
        ),
        ("{button: {bot: nurse}}", "4:23: board.button.bot: there is no bot nurse; there are kitchen, doctor"),
        (
            "{buttons: {red: {pin: 5, on_press: mute, bot: doctor}}}",
            "4:54: board.buttons.red.bot: this button calls nobody; set on_press to call, or leave bot out",
        ),
        (
            "{button: {on_double_press: mute, on_hold: mute}}",
            "4:50: board.button.on_hold: means mute, as on_double_press does; a press would only act later: leave it out",
        ),
        (
            "{button: {on_hold: call_or_hang_up}}",
            "4:27: board.button.on_hold: means call_or_hang_up, as on_press does; a press would only act later",
        ),
        (
            "{buttons: {red: {pin: 5, on_press: none}}}",
            "4:43: board.buttons.red.on_press: this button does nothing; set on_press, on_double_press or on_hold",
        ),
        (
            "{button: {on_hold: dance}}",
            '4:27: board.button.on_hold: must be "none", "call_or_hang_up", "call", ',
        ),
        (
            "{button: {on_press: push_to_talk, on_hold: mute}}",
            "4:51: board.button.on_hold: this button is held to talk (on_press); leave it out",
        ),
        ("{button: {on_hold: push_to_talk}}", "4:27: board.button.on_hold: push_to_talk is for on_press only"),
        (
            "{keypad: {row_pins: [5, 6, 13, 19], column_pins: [12, 16, 5]}}",
            "board.keypad.column_pins.2: GPIO 5 is used twice; the other one is board.keypad.row_pins.0",
        ),
        (
            "{keypad: {row_pins: [17, 6, 13, 19], column_pins: [12, 16, 20]}, button: {hold_ms: 900}}",
            "4:29: board.keypad.row_pins.0: GPIO 17 is used twice; the other one is board.button.pin (by default)",
        ),
        (
            "{keypad: {row_pins: [5, 6, 13], column_pins: [12, 16, 20]}}",
            "4:28: board.keypad.row_pins: must be a list of 4 whole numbers, not of 3",
        ),
        (
            "{keypad: {row_pins: [5, 6, 13, 28], column_pins: [12, 16, 20]}}",
            "4:39: board.keypad.row_pins.3: must be a whole number from 2 to 27, not 28",
        ),
        (
            "{keypad: {row_pins: [5, 6, 13, 19], column_pins: 12}}",
            "board.keypad.column_pins: must be a list of 3 to 4 whole numbers, not a number",
        ),
        ("{buttons: 5}", "4:18: board.buttons: must be sections, each by its name"),
        ("{buttons: {red: 5}}", "4:24: board.buttons.red: must be a section with keys of its own"),
    ],
)
def test_each_mistake_with_buttons_is_reported_with_its_location(file, board, wanted):
    assert any(wanted in error for error in errors_of(file, f"{TWO}board: {board}\n")), errors_of(
        file, f"{TWO}board: {board}\n"
    )


def test_a_list_with_a_wrong_value_is_not_also_too_short(file):
    assert len(errors_of(file, f"{TWO}board: {{keypad: {{row_pins: [5, 6, 13, 28], column_pins: [12, 16, 20]}}}}")) == 1


def errors_of(file, text):
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    return caught.value.errors


@pytest.mark.parametrize("bots", ["", "bots: 5\n", "bots: {doctor: {}}\n", "bot: {}\n"])
def test_parts_can_be_measured_while_the_bots_of_buttons_are_wrong(file, bots):
    file.write_text(bots + "board: {button: {bot: doctor}, buttons: {red: {pin: 5, bot: nurse}}}\n")
    settings = hardware_settings(file, environ={})
    assert settings is not None
    assert settings.board.buttons["red"].pin == 5
