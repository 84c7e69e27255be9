"""Spoken causes of faults: the files of the package, and those of a user."""

import importlib.resources
import itertools
import wave
from pathlib import Path

import pytest

from callbox.audio.playout import spoken_cause
from callbox.control.faults import Fault
from callbox.control.spoken_causes import SENTENCES
from callbox_device.model import pcm

FOLDER = Path(str(importlib.resources.files("callbox") / "assets/spoken_causes"))


@pytest.mark.parametrize(("language", "fault"), [*itertools.product(SENTENCES, Fault)])
def test_each_fault_is_spoken_in_each_language(language, fault):
    sound = spoken_cause.read(FOLDER / language, fault.code)
    assert sound is not None
    assert 1000 < pcm.duration_ms(sound) < 5000
    assert -20 < pcm.peak_dbfs(sound) < 0
    assert -35 < pcm.rms_dbfs(sound) < -10


def test_all_together_are_small():
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.opus")) < 150_000


def recording(path, seconds, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\1\1" * int(seconds * 16_000) * channels)


def test_a_users_wav_file_is_read(tmp_path):
    recording(tmp_path / "no_gpio.wav", 0.5)
    sound = spoken_cause.read(tmp_path, "no_gpio")
    assert sound is not None
    assert pcm.duration_ms(sound) == 500
    assert spoken_cause.read(tmp_path, "internal") is None


def test_what_is_too_long_or_another_thing_is_refused(tmp_path):
    recording(tmp_path / "no_gpio.wav", 10.1)
    with pytest.raises(ValueError, match=r"lasts 10\.1 s, more than 10 s"):
        spoken_cause.read(tmp_path, "no_gpio")
    recording(tmp_path / "no_gpio.wav", 1, channels=2)
    with pytest.raises(ValueError, match="has 2 channels"):
        spoken_cause.read(tmp_path, "no_gpio")
    (tmp_path / "no_gpio.wav").write_bytes(bytes(spoken_cause.MAX_BYTES + 1))
    with pytest.raises(ValueError, match="bytes, more than"):
        spoken_cause.read(tmp_path, "no_gpio")
    (tmp_path / "internal.wav").mkdir()
    with pytest.raises(ValueError, match="no regular file"):
        spoken_cause.read(tmp_path, "internal")
    with pytest.raises(ValueError, match="no Ogg page"):
        spoken_cause.packets(b"RIFF" + bytes(40))


def test_the_volume_scales_what_is_spoken():
    assert spoken_cause.scaled(b"\x00\x40", 50) == b"\x00\x20"
