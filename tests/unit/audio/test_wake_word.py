"""pymicro-wakeword's own models on speech of espeak-ng, through the box's 48 kHz and periods of 20 ms."""

import json
import re
import shutil
import wave
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest
from tests.rig.espeak import needs_espeak, say

from callbox.audio.capture.wake_word import (
    BUILT_IN,
    Decimator,
    MicroWakeWordDetector,
    WakeWord,
    check_model,
    detections,
)
from callbox.cli import main
from callbox_device.model import pcm


@needs_espeak
def test_the_name_is_detected_once_soon_after_it_ends_and_other_speech_is_not():
    detector = MicroWakeWordDetector([WakeWord("okay_nabu"), WakeWord("hey_jarvis")])
    sound, end_s = say("okay nabu")
    [(at_s, found)] = detections(detector, sound)
    assert (found.word, found.score > 0.85) == ("okay_nabu", True)
    assert end_s < at_s < end_s + 0.4
    detector.reset()
    assert not list(detections(detector, say("what time is it, and who is at the door?")[0]))
    detector.reset()
    assert len(list(detections(detector, sound))) == 1


@needs_espeak
@pytest.mark.parametrize("keeps_name", [False, True])
def test_in_one_breath_the_sentence_is_kept_from_its_first_phoneme(keeps_name):
    _, end_s = say("okay nabu")
    sound, _ = say("okay nabu what time is it")
    detector = MicroWakeWordDetector([WakeWord("okay_nabu")], keeps_name=keeps_name)
    [(at_s, found)] = detections(detector, sound)
    begin_s = at_s - found.keep_periods * pcm.PERIOD_MS / 1000
    if keeps_name:
        assert begin_s < 1.05
    else:
        assert end_s - 0.7 < begin_s < end_s


@needs_espeak
def test_a_name_at_the_end_of_a_recording_is_detected():
    sound, end_s = say("okay nabu")
    cut = sound[: round(end_s * 50) * pcm.PERIOD_BYTES]
    [(_, found)] = detections(MicroWakeWordDetector([WakeWord("okay_nabu")]), cut)
    assert found.word == "okay_nabu"


@needs_espeak
def test_a_higher_threshold_detects_nothing_that_its_score_does_not_reach():
    [(_, found)] = detections(MicroWakeWordDetector([WakeWord("okay_nabu")]), say("okay nabu")[0])
    deaf = MicroWakeWordDetector([WakeWord("okay_nabu", threshold=0.9999)])
    assert found.score < 0.9999
    assert not list(detections(deaf, say("okay nabu")[0]))


@pytest.mark.parametrize(("hz", "db"), [(300, 0.0), (3000, 0.0), (12_000, -50.0), (20_000, -50.0)])
def test_the_decimator_passes_speech_and_nothing_that_would_alias(hz, db):
    decimator = Decimator()
    tone = 10_000 * np.sin(2 * np.pi * hz * np.arange(pcm.RATE_HZ) / pcm.RATE_HZ)
    sound = tone.astype("<i2").tobytes()
    made = b"".join(decimator.process(sound[at : at + 1920]) for at in range(0, len(sound), 1920))
    samples = np.frombuffer(made, "<i2").astype(float)[100:]
    assert len(made) * 3 == len(sound)
    level_db = 20 * np.log10(max(np.sqrt(np.mean(samples**2)), 1e-9) / (10_000 / np.sqrt(2)))
    assert level_db == pytest.approx(db, abs=0.5) if db == 0 else level_db < db


def test_a_model_that_cannot_be_used_says_why(tmp_path):
    assert [check_model(model) for model in BUILT_IN] == [None] * 4
    path = tmp_path / "own.json"
    assert "neither one of" in str(check_model("okay_google"))
    assert check_model(str(path)) == "can't be read: No such file or directory"
    path.write_text("[]")
    assert "is no model file of microWakeWord" in str(check_model(str(path)))
    config = {
        "wake_word": "Own",
        "model": "own.tflite",
        "micro": {"probability_cutoff": 0.9, "sliding_window_size": 5},
    }
    path.write_text(json.dumps(config))
    assert check_model(str(path)) == "names own.tflite, which can't be read: No such file or directory"
    (tmp_path / "own.tflite").write_bytes(b"no model")
    assert check_model(str(path)) == "names own.tflite, which is no TensorFlow Lite model"
    with pytest.raises(ValueError, match="no TensorFlow Lite model"):
        MicroWakeWordDetector([WakeWord(str(path))])
    (tmp_path / "own.tflite").write_bytes(b"\x20\0\0\0TFL3")
    assert check_model(str(path)) is None
    with pytest.raises(ValueError, match=r"own\.json names own\.tflite, which TensorFlow Lite can't read: was it"):
        MicroWakeWordDetector([WakeWord(str(path))])


@pytest.mark.parametrize(
    ("key", "value"),
    [("probability_cutoff", 97), ("probability_cutoff", "0.9"), *(("sliding_window_size", size) for size in (0, 5.0))],
)
def test_numbers_of_a_model_that_cannot_be_are_refused(tmp_path, key, value):
    micro = {"probability_cutoff": 0.9, "sliding_window_size": 5, key: value}
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"wake_word": "Own", "model": "own.tflite", "micro": micro}))
    assert "is no model file of microWakeWord" in str(check_model(str(path)))


@pytest.mark.parametrize("change", ["emptied", "removed"])
@needs_espeak
def test_a_model_whose_files_change_is_the_one_that_was_loaded(tmp_path, change):
    built_in = Path(pymicro_wakeword.__file__).parent / "models"
    for name in ("okay_nabu.json", "okay_nabu.tflite"):
        shutil.copy(built_in / name, tmp_path)
    detector = MicroWakeWordDetector([WakeWord(str(tmp_path / "okay_nabu.json"))])
    for name in ("okay_nabu.json", "okay_nabu.tflite"):
        (tmp_path / name).write_bytes(b"") if change == "emptied" else (tmp_path / name).unlink()
    assert len(list(detections(detector, say("okay nabu")[0]))) == 1
    detector.reset()
    assert len(list(detections(detector, say("okay nabu")[0]))) == 1


@needs_espeak
def test_the_command_prints_time_word_and_score(tmp_path, capsys):
    path = tmp_path / "nabu.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, pcm.RATE_HZ, 0, "NONE", ""))
        file.writeframes(say("okay nabu")[0])
    assert main(["wake", str(path), "--model", "okay_nabu", "--model", "alexa"]) == 0
    line, *best = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r" +\d\.\d\d s  okay_nabu  0\.\d\d", line)
    assert [text.partition(":")[0] for text in best] == ["best score of okay_nabu", "best score of alexa"]
    assert main(["wake", str(path), "--model", "alexa"]) == 75
    assert main(["wake", str(path), "--model", "okay_google"]) == 64
    assert main(["wake", str(tmp_path / "none.wav")]) == 74
