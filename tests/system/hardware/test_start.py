"""The box starts while somebody presses, and where its pins are missing, taken or forbidden."""

import shutil
import subprocess
import sys
import time

import pytest
from tests.rig.mosquitto import wait_for
from tests.system.hardware import gpio_actor
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, WiredBox
from tests.system.hardware.gpio_actor import BUTTON

from callbox_device.model.gestures import STUCK_S

pytestmark = pytest.mark.vpi

OTHER_BUTTON = 23
HOLDER = "import lgpio, sys; h = lgpio.gpiochip_open(0); lgpio.gpio_claim_input(h, int(sys.argv[1])); print(1, flush=1); sys.stdin.read()"


@pytest.fixture(scope="module")
def jammed(bot_process, broker, tmp_path_factory):
    """A box at other pins, and since when its button is down: from the first test on, as it is reported after a minute."""
    board = {"button": {"pin": OTHER_BUTTON}, "lamps": {"status": None, "microphone": None}}
    folder = tmp_path_factory.mktemp("jammed")
    with WiredBox(folder, bot_process.url, broker.port, button=OTHER_BUTTON, board=board) as box:
        box.button.down()
        yield box, time.monotonic()


@pytest.mark.pi
def test_presses_while_the_box_starts_spoil_nothing(bot, broker, tmp_path):
    box = WiredBox(tmp_path, bot.url, broker.port)
    box.start()
    try:
        give_up_s = time.monotonic() + 30
        while not box.states and time.monotonic() < give_up_s:  # at whatever moment of the start
            box.button.press(0.05)
            time.sleep(0.4)
        time.sleep(0.5)
        box.hang_up()
        time.sleep(0.5)
        box.forget()
        box.button.press()
        box.is_reported(lambda: box.gestures == ["press", "release"])
        box.until("ready")
        assert box.end() == 0, box.journal
    finally:
        box.__exit__()


@pytest.fixture
def held_line():
    """``held_line(pin)``: another process has the line, until the test ends or the process is killed."""
    processes = []

    def hold(pin):
        command = [sys.executable, "-c", HOLDER, str(pin)]
        process = subprocess.Popen(command, cwd="/tmp", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"

    yield hold
    for process in processes:
        process.kill()
        process.communicate()


def test_busy_button_is_reported_and_the_lamps_work(jammed, bot, broker, tmp_path, held_line):
    held_line(BUTTON)
    with WiredBox(tmp_path, bot.url, broker.port) as box:
        state = box.until(lambda state: state["problem"] == "no_gpio")
        assert state["problem_text"] == f"GPIO {BUTTON} is held by another program; `gpioinfo` says which."
        assert state["problem_text"] in box.journal
        assert {STATUS_LAMP, MICROPHONE_LAMP} <= set(gpio_actor.held())
        assert box.end() == 0, box.journal


def test_busy_lamp_is_reported_and_the_button_works_also_if_down_at_the_start(bot, broker, tmp_path, held_line):
    held_line(STATUS_LAMP)
    # Without a pull of the pin's own, which in gpio-sim is stronger than a actor: closed is high.
    board = {"button": {"pin": BUTTON, "pull": "none"}}
    with WiredBox(tmp_path, bot.url, broker.port, board=board) as box:
        text = box.until(lambda state: state["problem"] == "no_gpio")["problem_text"]
        assert text == f"GPIO {STATUS_LAMP} is held by another program; `gpioinfo` says which."
        time.sleep(1.5)  # longer than a hold
        box.button.down()
        time.sleep(0.5)
        assert box.gestures == []
        box.button.up()
        box.until("ready")
        assert box.gestures[0] == "press"
        assert wait_for(lambda: gpio_actor.level(MICROPHONE_LAMP))
        assert box.end() == 0, box.journal


def test_without_permission_the_sentence_names_the_group_and_the_box_works_on(bot, broker, tmp_path):
    chip = gpio_actor.chip()
    chip.chmod(0o600)
    shutil.chown(chip, "nobody")
    try:
        # Root without the right to pass over permissions is as any user.
        run_as = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        with WiredBox(tmp_path, bot.url, broker.port, run_as=run_as) as box:
            text = box.until(lambda state: state["problem"] == "no_gpio")["problem_text"]
            assert "add this user to the group `gpio`" in text, box.journal
            assert box.end() == 0, box.journal
    finally:
        shutil.chown(chip, "root", "gpio")
        chip.chmod(0o660)


def test_button_down_for_a_minute_is_reported_until_it_is_up(jammed):
    box, down_since_s = jammed
    state = box.until(lambda state: state["problem"], STUCK_S + 20)
    assert time.monotonic() - down_since_s >= STUCK_S
    assert state["problem"] == "no_gpio"
    assert "The button has been down for 60 s" in state["problem_text"]
    assert state["problem_text"] in box.journal
    box.button.up()
    box.until(lambda state: state["problem"] is None)
    assert box.gestures == ["press", "long_press", "release"]
    assert box.end() == 0, box.journal


def test_without_a_chip_the_box_tells_it_and_works_on(bot, broker, tmp_path):
    box = WiredBox(tmp_path, bot.url, broker.port)
    gpio_actor.live(False)
    try:
        box.start()
        text = box.until(lambda state: state["problem"] == "no_gpio")["problem_text"]
        assert "This machine has no GPIO that gpiozero can use" in text
        assert box.end() == 0, box.journal
    finally:
        gpio_actor.live(True)
        box.__exit__()
