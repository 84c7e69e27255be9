"""The presets that are there, and how they lie beneath a user's settings."""

import json
import re
from pathlib import Path

import pytest

from callbox.app.compose import make_board
from callbox.app.early_boot import fingerprint
from callbox.cli import main
from callbox.config import SettingsError, last_good, load, load_all, readable
from callbox.config.cross_checks import conflicts, reserved_pins
from callbox.config.dump import origins
from callbox.config.merge import from_preset
from callbox.config.presets.files import presets
from callbox.config.presets.model.recognition import recognise
from callbox.config.schema import Settings
from callbox.config.section import convert
from callbox.config.sources import hardware_settings, preset_for
from callbox.config.yaml_file import read
from callbox_device.interfaces import Part
from callbox_device.model.hardware_ids import HardwareIds, SoundCard
from callbox_device.usb_ring import RINGS

ROOT = Path(__file__).parents[4]
BOARDS = sorted((ROOT / "config/boards").glob("*.yaml"))
BOT = "bot: {start_url: http://a/start}\n"


def codec_zero(root):
    """A machine with a Codec Zero."""
    for name, text in {
        "proc/device-tree/hat/product": "Codec Zero\0",
        "proc/asound/cards": " 0 [vc4hdmi        ]: a - b\n 1 [Zero           ]: c - d\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_preset_is_strict_yaml_and_fits_the_settings(file):
    assert read(file.read_bytes()).issues == []
    preset = presets()[file.stem]
    data = preset.fragment(None)
    convert(data, Settings)
    assert [str(conflict) for conflict in conflicts(data, complete=False)] == []
    # Neither what it sets nor a default is at a pin of the board itself.
    assert list(reserved_pins(data, preset.reserved_pins, file.stem)) == []
    assert "{" not in json.dumps(list(data.get("microphone", {}).values()) + list(data.get("speaker", {}).values()))
    assert preset.confirmed


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_preset_is_recognised_by_each_of_its_rules(file):
    for rule in presets()[file.stem].recognise:
        cards = (SoundCard(rule.card, (f"x-{rule.codec}-y",)),) if rule.card else ()
        ids = HardwareIds(rule.hat_product, cards, (rule.usb_id,) if rule.usb_id else ())
        assert [match.name for match in recognise(presets(), ids)] == [file.stem]


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_box_of_empty_settings_has_every_part_that_the_preset_names(file, pins):
    """On gpiozero's mock pins; sound cards, input devices, SPI and USB arrays aren't on this machine."""
    settings = convert(presets()[file.stem].fragment(None), Settings)
    made = make_board(settings, pins)
    faults = {fault.part: str(fault.error) for fault in made.faults}
    assert set(faults) <= {Part.MICROPHONE, Part.SPEAKER, Part.STATUS_LAMP}, faults
    missing = faults.get(Part.STATUS_LAMP, "")
    assert not missing or any(where in missing for where in ("USB", "/dev/spidev", "LED ktd202x:led1"))
    assert set(made.buttons) == set(settings.board.buttons)
    lamps = settings.board.lamps
    assert (made.status_lamp is None, made.microphone_lamp is None) == (lamps.status is None, lamps.microphone is None)
    assert (made.amplifier is None) == (settings.board.amplifier is None)


def load_text(folder, text, root, options=()):
    (folder / "callbox.yaml").write_text(text)
    return load_all(folder / "callbox.yaml", options, {}, root)


def test_empty_settings_get_the_board_s(tmp_path):
    loaded = load_text(tmp_path, BOT, codec_zero(tmp_path))
    board = loaded.settings.board
    assert (board.button.pin, board.lamps.status.pin, board.lamps.microphone.pin) == (27, 23, 24)
    assert loaded.settings.speaker.device == "plughw:CARD=Zero,DEV=0"
    places = origins(loaded)
    assert places["board", "button", "pin"] == "preset codec-zero"
    assert places["board", "button", "pull"] == "default"
    assert loaded.preset.reason == "recognised: the HAT's EEPROM says Codec Zero, sound card Zero"


def test_what_a_user_sets_wins_key_by_key(tmp_path):
    text = BOT + "board:\n  button: {pin: 5}\n  lamps: {microphone: null}\nspeaker: {device: default}\n"
    loaded = load_text(tmp_path, text, codec_zero(tmp_path))
    board = loaded.settings.board
    assert (board.button.pin, board.lamps.status.pin, board.lamps.microphone) == (5, 23, None)
    assert (loaded.settings.speaker.device, loaded.settings.microphone.device) == ("default", "plughw:CARD=Zero,DEV=0")
    places = origins(loaded)
    assert places["board", "button", "pin"].endswith("callbox.yaml:3")
    assert places["board", "lamps", "status", "pin"] == "preset codec-zero"


def test_a_key_takes_the_place_of_the_board_s_pin(tmp_path):
    loaded = load_text(tmp_path, BOT + "board: {button: {key: KEY_PHONE}}\n", codec_zero(tmp_path))
    assert (loaded.settings.board.button.pin, loaded.settings.board.button.key) == (None, "KEY_PHONE")
    assert loaded.settings.board.lamps.status.pin == 23


@pytest.mark.parametrize(
    ("preset", "own", "left"),
    [
        ({"pin": 23, "dimmable": False}, {"active_high": False}, {"pin": 23, "dimmable": False}),
        ({"pin": 23, "dimmable": False}, {"pin": 5}, {"pin": 23, "dimmable": False}),
        ({"pin": 23, "dimmable": False}, {"kind": "rgb", "red_pin": 5}, {}),
        ({"kind": "rgb", "red_pin": 5}, {"green_pin": 6}, {"kind": "rgb", "red_pin": 5}),
        ({"kind": "rgb", "red_pin": 5}, {"pin": 6}, {}),
        ({"kind": "rgb", "red_pin": 5}, None, {"kind": "rgb", "red_pin": 5}),
    ],
)
def test_a_lamp_of_another_kind_takes_the_place_of_the_board_s(preset, own, left):
    document = from_preset({"board": {"lamps": {"status": preset}}}, "p", {"board": {"lamps": {"status": own}}})
    assert document.data == {"board": {"lamps": {"status": left}}}


def test_none_and_a_name(tmp_path):
    root = codec_zero(tmp_path)
    assert load_text(tmp_path, BOT, root, ["board.preset=none"]).settings.board.button.pin == 17
    named = load_text(tmp_path, BOT + "board: {preset: digiamp-plus}\n", root)
    assert (named.settings.board.lamps.status.pin, named.preset.reason) == (5, "board.preset is set")
    (tmp_path / "callbox.yaml").write_text(BOT)
    assert load(tmp_path / "callbox.yaml").settings.board.button.pin == 17  # on whatever machine


def test_what_is_wrong_has_its_place(tmp_path):
    text = BOT + "board:\n  preset: codec-zeroo\n  mute_switch: {pin: 24}\n"
    with pytest.raises(SettingsError) as wrong:
        load_text(tmp_path, text, tmp_path)
    [line] = wrong.value.errors
    assert line.endswith("callbox.yaml:3:11: board.preset: there is no such preset; did you mean codec-zero?")

    text = BOT + "board:\n  preset: codec-zero\n  button: {pin: 19}\n  hook_switch: {pin: 24}\n"
    with pytest.raises(SettingsError) as wrong:
        load_text(tmp_path, text, tmp_path)
    reserved, twice = wrong.value.errors
    assert "callbox.yaml:4:17: board.button.pin: GPIO 19 is used by the board codec-zero: I2S word clock" in reserved
    assert "callbox.yaml:5:22: board.hook_switch.pin: GPIO 24 is used twice" in twice
    assert "board.lamps.microphone.pin (preset codec-zero)" in twice


def test_default_lamps_of_a_board_that_needs_their_pins(tmp_path):
    """GPIO 22 is the DigiAMP+'s mute."""
    root = codec_zero(tmp_path)
    (root / "proc/device-tree/hat/product").write_text("Raspberry Pi DigiAMP+\0")
    loaded = load_text(tmp_path, BOT, root)  # and a Codec Zero's card: which one?
    assert loaded.settings.board.lamps.status is None
    assert loaded.warnings[-1].startswith("2 boards were recognised")
    lamps = readable(tmp_path / "callbox.yaml", (), {}, root)["board"]["lamps"]
    assert lamps == {"status": None}
    assert hardware_settings(tmp_path / "callbox.yaml", (), {}, root).board.lamps.status is None


def test_the_last_good_settings_are_kept_without_the_board_s(tmp_path):
    loaded = load_text(tmp_path, BOT, codec_zero(tmp_path))
    last_good.keep(tmp_path, loaded)
    assert "Zero" not in (tmp_path / last_good.NAME).read_text()
    again = last_good.load(tmp_path)
    assert again
    assert again.settings.board.button.pin == 17  # this machine has no such board


def test_a_board_in_memory_has_no_preset():
    assert preset_for({"board": {"kind": "simulated"}}, HardwareIds("Codec Zero")).name is None
    assert preset_for({"board": 5}, HardwareIds("Codec Zero")).name == "codec-zero"


def test_another_hat_makes_another_fingerprint(tmp_path):
    (tmp_path / "callbox.yaml").write_text(BOT)
    before = fingerprint(tmp_path / "callbox.yaml", (), {}, tmp_path)
    assert fingerprint(tmp_path / "callbox.yaml", (), {}, codec_zero(tmp_path)) != before


def test_boards_are_listed(tmp_path, capsys):
    root = codec_zero(tmp_path)
    arguments = ["boards", "--config", str(tmp_path / "callbox.yaml"), "--root", str(root)]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "* codec-zero" in text
    assert "recognised: the HAT's EEPROM says Codec Zero, sound card Zero" in text
    assert "In force: codec-zero (recognised: " in text
    assert main([*arguments, "--json", "--set", "board.preset=none"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["in_force"] == {"name": None, "reason": "board.preset is none", "question": None, "error": None}
    [found] = [board for board in payload["boards"] if board["recognised"]]
    assert (found["name"], found["confirmed"]) == ("codec-zero", "not yet")
    assert payload["hardware"]["cards"][1] == {"id": "Zero", "pcms": [], "usb_id": None}


def test_the_rules_of_udev_allow_the_lights_of_presets_and_no_others():
    rules = (ROOT / "deploy/udev/60-callbox.rules").read_text()
    allowed = {
        *re.findall(r'KERNEL=="spidev([\d.]+)", TEST=="/proc/asound/(\w+)"', rules),
        *(
            ("2886", product)
            for products in re.findall(r'idProduct}=="([^"]+)", GROUP', rules)
            for product in products.split("|")
        ),
    }
    wanted, named, leds = set(), set(), set[str]()
    for line in re.findall(r'KERNEL=="(ktd[^"]+)', rules):
        stem, _, numbers = line.partition("[")
        leds |= {f"{stem}{number}" for number in numbers.rstrip("]")}
    for preset in presets().values():
        lamps = preset.fragment(None).get("board", {}).get("lamps", {})
        lamp = lamps.get("status") or {}
        named |= {value for key, value in lamp.items() if key.endswith("_name")}
        if spi := lamp.get("spi"):
            wanted.add((spi, preset.card))
        if lamp.get("kind") == "usb_ring":
            ring = RINGS[lamp["model"]]
            wanted.add((ring.vendor, ring.product))
            assert [rule.usb_id for rule in preset.recognise] == [f"{ring.vendor}:{ring.product}"]
    assert allowed == wanted
    assert leds == named
    unit = (ROOT / "deploy/systemd/callbox.service").read_text()
    assert set(re.findall(r"-/sys/class/leds/(\S+)", unit)) == named
