"""From settings to what is done to the sound."""

import asyncio
import json

import pytest

from callbox.app.compose import audio_config, make_composition
from callbox.app.compose.lamps import find_status_lamp, make_lamps
from callbox.audio.capture.model.gate_states import MicUse
from callbox.audio.codec_presets import OpusConfig
from callbox.config import SettingsError, load, load_all, readable
from callbox.config.schema import OpusSettings, SoundSettings
from callbox.mqtt.client import MqttObserver
from callbox.system import host_info
from callbox.system.host_info import board_model
from callbox_device.amplifier import AmplifiedSpeaker
from callbox_device.gpio import GpioLamp
from callbox_device.interfaces import Board, BoardError, Part, PartBusy
from callbox_device.simulated import SimulatedButton, SimulatedMicrophone, SimulatedSpeaker

ZERO = "Raspberry Pi Zero 2 W Rev 1.0"


def loaded(tmp_path, sound):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\nsound: {sound}\n")
    return load(file)


def test_what_is_not_set_suits_the_board():
    assert audio_config(SoundSettings(), ZERO).voice == OpusConfig(complexity=5)


def test_what_is_set_goes_before_it():
    opus = OpusSettings(bitrate_bps=40_000, dtx=True)
    assert audio_config(SoundSettings(opus=opus), ZERO).voice == OpusConfig(bitrate_bps=40_000, complexity=5, dtx=True)


def test_the_board_s_name_is_what_the_kernel_tells(tmp_path):
    (tmp_path / "model").write_bytes(ZERO.encode() + b"\0")
    assert board_model(tmp_path / "model") == ZERO
    assert board_model(tmp_path / "nothing") == ""


def test_a_canceller_that_is_not_installed_is_an_error_with_its_place(tmp_path, monkeypatch):
    settings = loaded(tmp_path, "{echo: cancel}")
    assert make_composition(settings).settings.sound.echo == "cancel"
    monkeypatch.setattr("importlib.util.find_spec", lambda library: None)
    with pytest.raises(SettingsError, match=r"callbox.yaml:2:15: sound.echo: .*'pywebrtc-audio>="):
        make_composition(settings)
    assert make_composition(loaded(tmp_path, "{echo: auto}"))


async def test_an_amplifier_belongs_to_the_loudspeaker_after_a_reload_too(tmp_path, pins):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://b/start}\nboard: {preset: pirate-audio}\n")
    composition = make_composition(load(file))
    board = composition.make_appliance(pin_factory=pins).board
    assert isinstance(board.speaker, AmplifiedSpeaker)
    reloaded = composition.make_reconfiguration(board, []).speaker
    assert isinstance(reloaded, AmplifiedSpeaker)
    assert reloaded is not board.speaker
    with pytest.raises(BoardError):  # there is no such card
        await asyncio.wrap_future(reloaded.start(lambda _: b"", lambda _: None))
    assert pins.pin(25).state == 0
    board.speaker._start = board.speaker._switch.on()  # a chime is played while the settings are read again
    reloaded._switch.on()
    await asyncio.wrap_future(board.speaker.stop())
    assert pins.pin(25).state == 1


@pytest.mark.parametrize(
    ("homeassistant", "prefix"),
    [("", "homeassistant"), (", homeassistant: {discovery_prefix: ha}", "ha"), (", homeassistant: null", None)],
)
def test_home_assistant_discovery_is_published_unless_it_is_set_otherwise(tmp_path, homeassistant, prefix):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\nmqtt: {{host: b{homeassistant}}}\n")
    [report] = make_composition(load(file)).make_mqtt_observers()
    assert isinstance(report, MqttObserver)
    discovery = [publication.topic for publication in report._publications.on_connect()]
    assert (f"{prefix}/device/callbox_{host_info.hardware_id()}/config" in discovery) == (prefix is not None)
    assert any("/device/" in topic for topic in discovery) == (prefix is not None)


def test_the_hardware_is_known_by_its_first_real_network_card(tmp_path):
    machine_id = tmp_path / "machine-id"
    for name, address, is_real in (
        ("br0", "02:42:00:00:00:01", False),
        ("eth0", "00:00:00:00:00:00", True),
        ("wlan0", "b8:27:eb:1a:2b:3c", True),
    ):
        (tmp_path / name / ("device" if is_real else "bridge")).mkdir(parents=True)
        (tmp_path / name / "address").write_text(f"{address}\n")
    assert host_info.hardware_address(tmp_path) == "b8:27:eb:1a:2b:3c"
    assert host_info.hardware_id(tmp_path) == "1a2b3c"
    machine_id.write_text("0123456789abcdef\n")
    assert host_info.hardware_address(tmp_path / "nothing") is None
    assert host_info.hardware_id(tmp_path / "nothing", machine_id) == "abcdef"


@pytest.mark.parametrize(("dimmable", "lit"), [("true", 0.2), ("false", 1.0)])
async def test_a_dimmed_box_still_lights_a_microphone_lamp_that_can_only_be_on_or_off(tmp_path, pins, dimmable, lit):
    file = tmp_path / "callbox.yaml"
    lamps = f"{{brightness_percent: 20, microphone: {{pin: 27, dimmable: {dimmable}}}}}"
    file.write_text(f"bot: {{start_url: http://b/start}}\nboard: {{lamps: {lamps}}}\n")
    box = make_composition(load(file)).make_appliance(pin_factory=pins)
    box._on_mic_live(MicUse.CALL)
    assert pins.pin("GPIO27").state == pytest.approx(lit)
    box._on_mic_live(MicUse.WAKE_WORD)
    assert pins.pin("GPIO27").state == pytest.approx(lit / 2 if dimmable == "true" else 1.0)
    box._on_mic_live(MicUse.NONE)
    assert pins.pin("GPIO27").state == 0


@pytest.mark.parametrize(
    ("board", "is_driven"),
    [
        ("", True),
        ("{kind: gpio}", True),
        ("{button: nonsense}", True),
        ("{kind: panel}", False),
        ("{kind: simulated}", False),
        ("{kind: pannel}", False),
        ("{kind: [gpio]}", False),
        ("{lamps: {status: null}}", False),
    ],
)
def test_wrong_settings_drive_a_pin_only_if_the_board_has_pins(tmp_path, pins, board, is_driven):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"nonsense: 1\nboard: {board}\n")
    lamp = find_status_lamp(readable(file, (), {}), pins)
    assert (lamp is not None) is is_driven
    assert bool(pins.pins) is is_driven
    if lamp:
        lamp.close()


@pytest.mark.parametrize("source", [{"options": ["board.kind=panel"]}, {"environ": {"CALLBOX__BOARD__KIND": "panel"}}])
def test_the_kind_of_the_board_is_known_from_options_and_environment_too(tmp_path, pins, source):
    file = tmp_path / "callbox.yaml"
    file.write_text("nonsense: 1\n")
    arguments = {"options": (), "environ": {}, **source}
    assert find_status_lamp(readable(file, **arguments), pins) is None


def test_a_board_in_the_browser_keeps_its_sound_when_other_settings_are_read(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        "bot: {start_url: http://b/start}\nsound: {echo: half_duplex}\n"
    )  # board.kind was panel at the start
    board = Board(SimulatedButton(), None, None, SimulatedMicrophone(), SimulatedSpeaker())
    parts = make_composition(load(file)).make_reconfiguration(board, [], in_browser=True)
    assert (parts.microphone, parts.speaker) == (board.microphone, board.speaker)
    assert parts.config.audio.echo == "off"


async def test_each_button_has_its_pin_its_gestures_and_its_bot(tmp_path, monkeypatch, pins):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        "bots: {kitchen: {start_url: http://127.0.0.1:1/a}, doctor: {start_url: http://127.0.0.1:1/b}}\n"
        "board: {buttons: {red: {pin: 5, debounce_ms: 0, bot: doctor}}}\n"
    )
    box = make_composition(load(file)).make_appliance(pin_factory=pins)
    calls: list[str | None] = []
    monkeypatch.setattr(box, "call", calls.append)
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    async with asyncio.timeout(60):
        while not all(hasattr(button, "_changed") for button in (box.board.button, box.board.buttons["red"])):
            await asyncio.sleep(0.01)
        for pin in (5, 17):
            pins.pin(f"GPIO{pin}").drive_low()
            while len(calls) < (1 if pin == 5 else 2):
                await asyncio.sleep(0.01)
    assert calls == ["doctor", None]
    stop.set()
    await running


def test_home_assistant_gets_the_loudest_of_the_settings(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://b/start}\nmqtt: {host: h}\nspeaker: {max_volume_percent: 60}\n")
    discovery = make_composition(load(file)).discovery()
    assert json.loads(discovery.payload)["components"]["volume"]["max"] == 60


def test_spoken_causes_that_are_missing_are_a_warning_of_the_composition(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://b/start}\nchimes: {speech: /no/such/folder}\n")
    composition = make_composition(load(file))
    [warning] = composition.warnings
    assert warning.endswith("chimes.speech: /no/such/folder: there is no such folder; no cause is spoken")
    assert composition.settings.chimes.speech == "none"


def test_a_microphone_lamp_that_can_t_be_had_refuses_to_be_lit(tmp_path, pins):
    """So the microphone stays closed: the pin is another program's."""
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://b/start}\n")
    other = GpioLamp(27, pin_factory=pins)
    made = make_lamps(load_all(file, (), {}).settings.board, pins)
    assert [fault.part for fault in made.faults] == [Part.MICROPHONE_LAMP]
    assert made.microphone is not None
    with pytest.raises(PartBusy):
        made.microphone.set(1.0)
    assert made.status is not None
    made.status.close()
    other.close()
