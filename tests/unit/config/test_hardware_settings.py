"""Settings of board and sound, for measuring while others are wrong."""

import pytest

from callbox.config.sources import hardware_settings


@pytest.mark.parametrize(
    "text", ["", "mqtt: {host: h}\n", "bot: {}\n", "bot: 5\nmqtt: 7\n", "log: {level: x}\n", "bot: {no_such: 1}\n"]
)
def test_defaults_count_where_board_and_sound_are_not_set(tmp_path, text):
    (tmp_path / "callbox.yaml").write_text(text)
    settings = hardware_settings(tmp_path / "callbox.yaml", environ={})
    assert (settings.board.button.pin, settings.microphone.device) == (17, "default")


def test_defaults_count_where_there_is_no_file(tmp_path):
    assert hardware_settings(tmp_path / "callbox.yaml", environ={}).board.lamps.status.pin == 22


def test_what_is_set_counts(tmp_path):
    (tmp_path / "callbox.yaml").write_text("board: {button: {pin: 5}}\nspeaker: {device: 'plughw:CARD=A'}\n")
    settings = hardware_settings(
        tmp_path / "callbox.yaml", ["microphone.device=x"], {"CALLBOX__board__button__pin": "6"}
    )
    assert (settings.board.button.pin, settings.speaker.device, settings.microphone.device) == (6, "plughw:CARD=A", "x")


@pytest.mark.parametrize(
    "text",
    [
        "board: {kind: panel}\n",
        "board: {kind: none}\n",
        "board: 5\n",
        "board: {button: {pin: 22}}\n",
        "board: {button: {pin: 99}}\n",
        "speaker: {buffer_ms: 1}\n",
        "board: {kind: panel\n",
        "- a\n",
        "\0",
    ],
)
def test_nothing_is_known_where_one_of_them_is_wrong(tmp_path, text):
    """No default pin is driven that may be wired to something else."""
    (tmp_path / "callbox.yaml").write_text(text)
    assert hardware_settings(tmp_path / "callbox.yaml", environ={}) is None
