"""Settings of the wake word."""

from dataclasses import replace

import pytest

from callbox.app.compose import make_composition
from callbox.app.compose.wake import wake_config
from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.wake_word import WakeWord
from callbox.config import Loaded, SettingsError, load
from callbox.system.extras import install_command

BOTS = "bots: {kitchen: {start_url: http://b/start}, doctor: {start_url: http://d/start}}\n"


def read(tmp_path, text, bots=BOTS) -> Loaded:
    file = tmp_path / "callbox.yaml"
    file.write_text(bots + text)
    return load(file)


def test_by_default_no_word_is_listened_for(tmp_path):
    assert wake_config(read(tmp_path, "").settings) == WakeConfig()
    assert wake_config(read(tmp_path, "wake: {words: [{model: alexa}]}").settings) == WakeConfig()


def test_words_with_their_bots_and_thresholds(tmp_path):
    text = "wake: {enabled: true, words: [{model: okay_nabu}, {model: alexa, bot: doctor, threshold: 0.95}], name: keep, quiet_hours: off}"
    words = (WakeWord("okay_nabu"), WakeWord("alexa", "doctor", 0.95))
    assert make_composition(read(tmp_path, text)) is not None
    assert wake_config(read(tmp_path, text).settings) == WakeConfig(words, keeps_name=True)
    assert wake_config(read(tmp_path, "wake: {enabled: true}").settings) == WakeConfig(
        (WakeWord("hey_jarvis"),), in_quiet_hours=True
    )
    text = "wake: {enabled: true, interrupt: true, words: [{model: okay_nabu}, {model: alexa, action: hang_up}]}"
    config = wake_config(read(tmp_path, text).settings)
    stop = WakeWord("alexa", ends_call=True)
    assert (config.of_state(in_call=False), config.of_state(in_call=True)) == (config.words[:1], config.words)
    assert replace(config, interrupts=False).of_state(in_call=True) == (stop,)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "wake: {words: [{model: alexa, bot: bath}]}",
            "wake.words.0.bot: there is no bot bath; there are kitchen, doctor",
        ),
        ("wake: {words: [{model: alexa}, {model: alexa}]}", "wake.words.1.model: alexa is listened for already"),
        (
            "wake: {enabled: true}\nboard: {button: {on_press: push_to_talk}}",
            "wake.enabled: board.button.on_press is push_to_talk: speech leaves only while it is down; choose one of them",
        ),
        (
            "wake: {enabled: true, words: [{model: alexa, action: hang_up}]}",
            "wake.words.0.action: is hang_up, as are all others: no word is left that calls",
        ),
        (
            "wake: {enabled: true, interrupt: true}\nsound: {echo: half_duplex}",
            "wake.interrupt: sound.echo is half_duplex: the microphone is silent while the bot speaks",
        ),
        ("wake: {enabled: true, words: [{model: okay_google}]}", "okay_google is neither one of alexa, hey_jarvis"),
    ],
)
def test_errors_in_words(tmp_path, text, error):
    with pytest.raises(SettingsError, match=r".") as raised:
        make_composition(read(tmp_path, text))
    assert error in str(raised.value)


def test_a_missing_detector_is_an_error_with_what_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError) as raised:
        make_composition(read(tmp_path, "wake: {enabled: true}\nsound: {echo: half_duplex}"))
    assert f"wake.enabled: needs pymicro-wakeword, which is not installed: {install_command('wake')}" in str(
        raised.value
    )
