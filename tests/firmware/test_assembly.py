"""From settings to what is done to the sound."""

import pytest

from callbox import assembly
from callbox.assembly import board_model, plan, processing
from callbox.settings import SettingsError, load
from callbox.settings.model import OpusSettings, SoundSettings
from callbox.sound.boards import Voice

ZERO = "Raspberry Pi Zero 2 W Rev 1.0"


def loaded(tmp_path, sound):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\nsound: {sound}\n")
    return load(file)


def test_what_is_not_set_suits_the_board():
    assert processing(SoundSettings(), ZERO).voice == Voice(complexity=5)


def test_what_is_set_goes_before_it():
    opus = OpusSettings(bitrate_bps=40_000, dtx=True)
    assert processing(SoundSettings(opus=opus), ZERO).voice == Voice(bitrate_bps=40_000, complexity=5, dtx=True)


def test_the_board_s_name_is_what_the_kernel_tells(tmp_path):
    (tmp_path / "model").write_bytes(ZERO.encode() + b"\0")
    assert board_model(tmp_path / "model") == ZERO
    assert board_model(tmp_path / "nothing") == ""


def test_a_canceller_that_is_not_installed_is_told_with_its_place(tmp_path, monkeypatch):
    settings = loaded(tmp_path, "{echo: cancel}")
    assert plan(settings).settings.sound.echo == "cancel"
    monkeypatch.setattr(assembly, "find_spec", lambda library: None)
    with pytest.raises(SettingsError, match=r"callbox.yaml:2:15: sound.echo: .*pip install 'callbox\[echo\]'"):
        plan(settings)
    assert plan(loaded(tmp_path, "{echo: auto}"))
