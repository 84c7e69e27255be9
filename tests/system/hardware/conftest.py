"""What the hardware tests share: a broker, a bot, a box on real lines."""

import sys
import time

import pytest
from tests.rig.mosquitto import Mosquitto
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, BotProcess, WiredBox
from tests.system.hardware.gpio_actor import BUTTON


@pytest.fixture(autouse=True)
def lines_are_given_back():
    """gpiozero keeps a line when its device is closed, and a box needs it next."""
    yield
    gpiozero = sys.modules.get("gpiozero")
    if gpiozero and gpiozero.Device.pin_factory:
        gpiozero.Device.pin_factory.close()
        gpiozero.Device.pin_factory = None


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    with Mosquitto(tmp_path_factory.mktemp("broker")) as mosquitto:
        yield mosquitto


@pytest.fixture(scope="session")
def bot_process():
    with BotProcess() as process:
        yield process


@pytest.fixture
def bot(bot_process):
    bot_process.be("good")
    return bot_process


@pytest.fixture(scope="module")
def module_box(bot_process, broker, tmp_path_factory):
    button = {"pin": BUTTON, "debounce_ms": 50, "hold_ms": 600}
    lamps = {"status": {"pin": STATUS_LAMP, "dimmable": False}, "microphone": {"pin": MICROPHONE_LAMP}}
    board = {"button": button, "lamps": lamps}
    bot = {"start_url": bot_process.url, "deadlines": {"start_s": 40, "connect_s": 40, "bot_ready_s": 40}}
    with WiredBox(tmp_path_factory.mktemp("box"), bot_process.url, broker.port, board=board, bot=bot) as box:
        yield box


@pytest.fixture
def box(module_box, bot):
    """A box on the hook with the actor away; it is the module's, since it takes seconds to come up."""
    module_box.hang_up()
    time.sleep(0.3)  # longer than a double press
    module_box.forget()
    return module_box
