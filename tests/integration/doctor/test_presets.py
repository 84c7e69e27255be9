"""The board that was recognised: each code by a fault."""

import pytest
from tests.integration.doctor.visits import codes, codes_reported

from callbox.cli import main
from callbox.config import load_all
from callbox.doctor.model.codes import CODES
from callbox.doctor.model.evaluate import board as evaluate
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import gpio
from callbox.doctor.runner import run_checks

CARDS = "proc/asound/cards"
CODEC = " 0 [Zero           ]: RPi_Codec_Zero - RPi Codec Zero\n"
CONFIG = "boot/firmware/config.txt"


@pytest.fixture
def board(place):
    """A Codec Zero with all that it needs, and a ReSpeaker's LEDs could be there too."""
    place.settings["board"] = {}
    place.write("proc/device-tree/hat/product", "Codec Zero\0")
    place.write(CARDS, CODEC)
    place.write("sys/bus/i2c/devices/i2c-1/name", "")
    place.write("dev/spidev0.0", "")
    return place


def without_card(place):
    place.write(CARDS, "")


def without_driver(place):
    without_card(place)
    place.write(CONFIG, "# dtoverlay=rpi-codeczero\n[all]\ndtoverlay=vc4-kms-v3d\n")


def without_plug(place):
    without_card(place)
    place.write(CONFIG, "dtoverlay=rpi-codeczero,some=thing  # the codec\n")


def without_spi(place):
    place.settings["board"]["preset"] = "respeaker-2mic-v1"
    place.write(CARDS, " 0 [seeed2micvoicec]: a - b\n")
    (place.root / "dev/spidev0.0").unlink()


def without_i2c(place):
    (place.root / "sys/bus/i2c/devices/i2c-1/name").unlink()
    (place.root / "sys/bus/i2c/devices/i2c-1").rmdir()


def several(place):
    place.write("sys/bus/usb/devices/1-1/idVendor", "0b0e\n")
    place.write("sys/bus/usb/devices/1-1/idProduct", "0420\n")


FAULTS = {
    "BOARD-SEVERAL": several,
    "BOARD-OVERLAY": without_driver,
    "BOARD-NO-CARD": without_plug,
    "BOARD-SPI-OFF": without_spi,
    "BOARD-I2C-OFF": without_i2c,
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(board, name):
    FAULTS[name](board)
    results = await board.visit("board")
    assert codes(results) == [name]
    assert results[-1].outcome.value == CODES[name].severity.value


async def test_two_boards_are_one_question_in_the_log_the_doctor_and_boards(board, capsys):
    several(board)
    [result] = await board.visit("board")
    [found] = result.report.findings
    assert found.detail.startswith("2 boards were recognised, and no preset is used: codec-zero (")
    assert found.detail.endswith("Which one? Set `board: {preset: codec-zero}`, or in its place jabra-speak or none")
    assert load_all(board.config, (), {}, board.root).warnings[-1] == found.detail
    assert main(["boards", "--config", str(board.config), "--root", str(board.root)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == found.detail


async def test_a_board_that_has_what_it_needs(board):
    [result] = await board.visit("board")
    assert result.outcome is Outcome.PASS
    assert result.report.measured == {
        "preset": "codec-zero",
        "because": "recognised: the HAT's EEPROM says Codec Zero, sound card Zero",
        "hat": "Codec Zero",
        "cards": ["Zero"],
        "confirmed": "not yet",
    }


async def test_no_board_is_no_fault(place):
    place.settings["board"] = {}
    [result] = await place.visit("board")
    assert (result.outcome, result.report.measured["preset"]) == (Outcome.PASS, None)


FORBIDDEN = {"BOARD-SPI-FORBIDDEN": "dev/spidev0.0"}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_device_files_that_this_user_may_not_open(board, name):
    board.settings["board"]["preset"] = "respeaker-2mic-v1"
    board.write(CARDS, " 0 [seeed2micvoicec]: a - b\n")
    (board.root / FORBIDDEN[name]).chmod(0)
    assert codes_reported(board.visit_apart("board", humble=True)) == [name]


def test_overlays_of_a_configuration():
    config = "dtoverlay=a\n#dtoverlay=b\n dtoverlay=c,x=1 # d\ndtparam=spi=on\ndtoverlay=e-overlay\ndtoverlay=f.dtbo\n"
    assert evaluate.overlays(config) == {"a", "c", "e", "f"}


async def test_the_amplifier_is_on_while_the_doctor_plays(place, pins):
    place.options["pin_factory"] = pins
    place.settings["board"] = {"preset": "none", "amplifier": {"pin": 25}}
    context = place.context()
    await run_checks(context, ("settings",), lambda _: None)
    with gpio.amplifier_on(context):
        assert pins.pin(25).state == 1
    assert pins.pin(25).state == 0


REACHED = {*FAULTS, *FORBIDDEN}
