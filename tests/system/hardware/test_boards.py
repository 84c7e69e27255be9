"""A board that is recognised: empty settings but for the bot, the card's true id, presses at the board's own pin."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.rig.mosquitto import wait_for
from tests.system.hardware import gpio_actor
from tests.system.hardware.box import CALLBOX, WiredBox

from callbox.config.presets.files import presets
from callbox.config.schema import LampSettings, Settings

pytestmark = pytest.mark.vpi

BOARDS = {"codec-zero": "Zero", "waveshare-wm8960": "wm8960soundcard", "i2s-mems-max98357a": "sndrpigooglevoi"}
"""Boards with a card of their own that microphone and loudspeaker are at, and its id."""


@pytest.fixture
def card():
    """``card(id)``: snd-dummy's card is called so, until the test ends."""
    [file] = Path("/sys/devices/platform/snd_dummy.0/sound").glob("card*/id")
    before = file.read_text().strip()
    yield file.write_text
    file.write_text(before)


@pytest.mark.parametrize("name", BOARDS)
def test_empty_settings_and_a_press_make_a_call(name, card, bot, broker, tmp_path):
    card(BOARDS[name])
    board = Settings.model_validate(presets()[name].fragment(None)).board
    assert board.button.pin
    assert isinstance(board.lamps.status, LampSettings)
    box = WiredBox(tmp_path, bot.url, broker.port, button=board.button.pin, board={}, microphone={}, speaker={})
    with box:
        assert f"The preset {name} lies beneath the settings: recognised: sound card {BOARDS[name]}" in box.journal
        box.button.press()
        box.until("ready")
        status = board.lamps.status
        assert wait_for(lambda: gpio_actor.level(status.pin) == 1)  # whatever its rhythm
        box.hang_up()
    listed = subprocess.run([CALLBOX, "boards", "--json"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(listed.stdout)["in_force"]["name"] == name


def test_a_card_that_comes_late_sets_the_board_up(card, bot, broker, tmp_path):
    """Without systemd the journal says that the service is to be started again."""
    box = WiredBox(tmp_path, bot.url, broker.port, board={}, microphone={}, speaker={})
    with box:
        assert "lies beneath" not in box.journal
        card("Zero")
        message = "The board codec-zero was recognised (recognised: sound card Zero): start Callbox again"
        assert wait_for(lambda: message in box.journal, 30)
