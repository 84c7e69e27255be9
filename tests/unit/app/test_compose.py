"""From settings to what is done to the sound."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from callbox.app import compose
from callbox.app.compose import plan, processing
from callbox.audio.codec_presets import OpusConfig
from callbox.config import SettingsError, load
from callbox.config.schema import OpusSettings, SoundSettings
from callbox.mqtt.client import MqttObserver
from callbox.system import host_info
from callbox.system.host_info import board_model

ZERO = "Raspberry Pi Zero 2 W Rev 1.0"


def loaded(tmp_path, sound):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\nsound: {sound}\n")
    return load(file)


def test_what_is_not_set_suits_the_board():
    assert processing(SoundSettings(), ZERO).voice == OpusConfig(complexity=5)


def test_what_is_set_goes_before_it():
    opus = OpusSettings(bitrate_bps=40_000, dtx=True)
    assert processing(SoundSettings(opus=opus), ZERO).voice == OpusConfig(bitrate_bps=40_000, complexity=5, dtx=True)


def test_the_board_s_name_is_what_the_kernel_tells(tmp_path):
    (tmp_path / "model").write_bytes(ZERO.encode() + b"\0")
    assert board_model(tmp_path / "model") == ZERO
    assert board_model(tmp_path / "nothing") == ""


def test_a_canceller_that_is_not_installed_is_told_with_its_place(tmp_path, monkeypatch):
    settings = loaded(tmp_path, "{echo: cancel}")
    assert plan(settings).settings.sound.echo == "cancel"
    monkeypatch.setattr(compose, "find_spec", lambda library: None)
    with pytest.raises(SettingsError, match=r"callbox.yaml:2:15: sound.echo: .*pip install 'callbox\[echo\]'"):
        plan(settings)
    assert plan(loaded(tmp_path, "{echo: auto}"))


@pytest.mark.parametrize(
    ("homeassistant", "prefix"),
    [("", "homeassistant"), (", homeassistant: {discovery_prefix: ha}", "ha"), (", homeassistant: null", None)],
)
def test_home_assistant_is_told_unless_it_is_set_otherwise(tmp_path, homeassistant, prefix):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\nmqtt: {{host: b{homeassistant}}}\n")
    [report] = plan(load(file)).make_reports()
    assert isinstance(report, MqttObserver)
    told = [publication.topic for publication in report._publications.on_connect()]
    assert (f"{prefix}/device/callbox_{host_info.hardware_id()}/config" in told) == (prefix is not None)
    assert any("/device/" in topic for topic in told) == (prefix is not None)


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
async def test_a_dimmed_box_still_lights_a_microphone_lamp_that_can_only_be_on_or_off(tmp_path, dimmable, lit):
    file = tmp_path / "callbox.yaml"
    lamps = f"{{brightness_percent: 20, microphone: {{pin: 27, dimmable: {dimmable}}}}}"
    file.write_text(f"bot: {{start_url: http://b/start}}\nboard: {{lamps: {lamps}}}\n")
    pins = MockFactory(pin_class=MockPWMPin)
    box = plan(load(file)).make_box(pin_factory=pins)
    try:
        box._on_mic_live(True)
        assert pins.pin("GPIO27").state == pytest.approx(lit)
        box._on_mic_live(False)
        assert pins.pin("GPIO27").state == 0
    finally:
        pins.close()
