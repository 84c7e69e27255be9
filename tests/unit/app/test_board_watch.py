"""A board that comes after the start."""

import asyncio
import errno

import pytest
from tests.rig.uevents import Kernel

from callbox.app.board_watch import PERIOD_S, BoardWatch
from callbox.config import SettingsError
from callbox.config.sources import load_all
from callbox.system.uevent_watch import SETTLE_S
from callbox_device.model.hardware_ids import HardwareIds, SoundCard
from callbox_device.uevents import UeventSocket

ZERO = HardwareIds("Codec Zero", (SoundCard("Zero"),))
JABRA = HardwareIds(cards=(SoundCard("USB", usb_id="0b0e:0420"),), usb_ids=("0b0e:0420",))


class Service:
    def __init__(self):
        self.is_idle, self.restarts, self.resent, self.has_lamp = True, 0, 0, True

    def restart(self):
        self.restarts += 1

    def resend_lamp(self):
        self.resent += 1
        return self.has_lamp


class Machine:
    """What is on it, and how often the settings were read again."""

    def __init__(self, folder, settings=""):
        (folder / "callbox.yaml").write_text("bot: {start_url: http://a/start}\n" + settings)
        self.ids, self.loads, self.error = HardwareIds(), 0, None
        self.loaded = load_all(folder / "callbox.yaml", (), {}, folder)

    def load(self):
        self.loads += 1
        if self.error:
            raise self.error
        return self.loaded


@pytest.fixture
def service():
    return Service()


def watch(service, machine, *, may_restart=True):
    return BoardWatch(service, lambda: machine.loaded, machine.load, lambda: machine.ids, may_restart=may_restart)


async def test_a_board_that_comes_late_starts_the_service_again_between_two_calls(tmp_path, service, caplog):
    machine = Machine(tmp_path)
    boards = watch(service, machine)
    await boards.look()
    machine.ids, service.is_idle = ZERO, False
    await boards.look()
    assert service.restarts == 0
    assert "The board codec-zero was recognised (recognised: the HAT's EEPROM says Codec Zero" in caplog.text
    service.is_idle = True
    await boards.look()
    await boards.look()
    assert (service.restarts, machine.loads) == (1, 1)


async def test_settings_that_it_doesn_t_fit_are_no_reason_to_start_again(tmp_path, service, caplog):
    machine = Machine(tmp_path)
    machine.ids, machine.error = ZERO, SettingsError(["callbox.yaml:2:3: board.button.pin: is used by the board"])
    await watch(service, machine).look()
    assert service.restarts == 0
    assert "doesn't fit the settings: callbox.yaml:2:3: board.button.pin" in caplog.text


async def test_without_systemd_the_journal_says_it(tmp_path, service, caplog):
    machine = Machine(tmp_path)
    machine.ids = ZERO
    await watch(service, machine, may_restart=False).look()
    assert service.restarts == 0
    assert "start Callbox again" in caplog.text


@pytest.mark.parametrize(
    ("settings", "before", "now"),
    [
        ("", HardwareIds(), HardwareIds()),
        ("board: {preset: none}\n", HardwareIds(), ZERO),
        ("board: {preset: jabra-speak}\n", HardwareIds(), ZERO),
        ("board: {kind: simulated}\n", HardwareIds(), ZERO),
        ("", HardwareIds(), HardwareIds("Codec Zero", JABRA.cards)),  # which one?
    ],
)
async def test_nothing_happens_otherwise(tmp_path, service, settings, before, now):
    machine = Machine(tmp_path, settings)
    machine.ids = now
    await watch(service, machine).look()
    assert service.restarts == 0


async def test_a_board_that_was_unplugged_may_come_back(tmp_path, service):
    machine = Machine(tmp_path, "board: {preset: auto}\n")
    for name, text in {
        "proc/asound/cards": " 0 [USB            ]: a - b\n",
        "proc/asound/card0/usbid": "0b0e:0420",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    machine.loaded = load_all(tmp_path / "callbox.yaml", (), {}, tmp_path)
    assert machine.loaded.preset.name == "jabra-speak"
    boards = watch(service, machine)
    for ids in (HardwareIds(), JABRA, HardwareIds()):
        machine.ids = ids
        await boards.look()
    assert service.restarts == 0
    machine.ids = ZERO  # another one in its place
    await boards.look()
    assert service.restarts == 1


async def test_a_board_that_is_unplugged_again_during_the_call_is_no_reason_to_start_again(tmp_path, service):
    machine = Machine(tmp_path)
    boards = watch(service, machine)
    machine.ids, service.is_idle = JABRA, False
    await boards.look()
    machine.ids = HardwareIds()
    await boards.look()
    service.is_idle = True
    await boards.look()
    assert service.restarts == 0


async def test_whenever_the_hardware_is_another_the_lamp_is_sent_its_frame_once_more(tmp_path, service):
    machine = Machine(tmp_path)
    boards = watch(service, machine)
    for ids in (machine.ids, machine.ids, JABRA, JABRA, HardwareIds()):
        machine.ids = ids
        await boards.look()
    assert service.resent == 3


async def test_a_lamp_that_isn_t_there_yet_is_looked_for_each_time(tmp_path, service):
    boards = watch(service, Machine(tmp_path))
    service.has_lamp = False
    for _ in range(3):
        await boards.look()
    service.has_lamp = True
    for _ in range(3):
        await boards.look()
    assert service.resent == 4


class CountedMachine(Machine):
    """One that counts the looks at it."""

    def __init__(self, folder):
        super().__init__(folder)
        self.looks = []

    def read(self):
        self.looks.append(asyncio.get_running_loop().time())
        return self.ids


@pytest.fixture
def kernel():
    with Kernel() as kernel:
        yield kernel


async def watched(service, machine, open_uevents, during):
    watching = BoardWatch(
        service, lambda: machine.loaded, machine.load, machine.read, may_restart=True, open_uevents=open_uevents
    )
    running = asyncio.create_task(watching.run())
    await during()
    running.cancel()
    await asyncio.wait([running])
    return machine.looks


@pytest.mark.simulated_time
async def test_at_rest_nothing_is_looked_at_and_a_uevent_is_followed_by_one_look(tmp_path, service, kernel):
    async def during():
        await asyncio.sleep(3600)
        for _ in range(5):
            kernel.send("sound")
        kernel.send("thermal", "change")
        await asyncio.sleep(3600)

    looks = await watched(service, CountedMachine(tmp_path), kernel.open_uevents, during)
    assert looks == pytest.approx([PERIOD_S, 3600 + SETTLE_S])
    assert not kernel.is_watched


@pytest.mark.simulated_time
async def test_a_lamp_that_isn_t_there_yet_is_looked_for_until_it_is(tmp_path, service, kernel):
    service.has_lamp = False

    async def during():
        await asyncio.sleep(2.5 * PERIOD_S)
        service.has_lamp = True
        await asyncio.sleep(3600)

    looks = await watched(service, CountedMachine(tmp_path), kernel.open_uevents, during)
    assert looks == pytest.approx([PERIOD_S, 2 * PERIOD_S, 3 * PERIOD_S])


class Broken(UeventSocket):
    reads = 0

    def read(self):
        super().read()
        self.reads += 1
        raise OSError(errno.EIO, "broken")


@pytest.mark.simulated_time
async def test_uevents_that_can_t_be_read_are_logged_once_and_read_no_more(tmp_path, service, kernel, caplog):
    broken = Broken(["sound"], kernel.receiver)

    async def during():
        for _ in range(2):
            kernel.send("sound")
            await asyncio.sleep(3600)

    assert await watched(service, CountedMachine(tmp_path), lambda _: broken, during) == [PERIOD_S]
    assert broken.reads == 1
    assert caplog.messages == ["Boards and lights that come or go are not noticed any more: [Errno 5] broken"]


@pytest.mark.simulated_time
async def test_without_uevents_there_is_a_look_each_period(tmp_path, service):
    async def during():
        await asyncio.sleep(3.5 * PERIOD_S)

    looks = await watched(service, CountedMachine(tmp_path), lambda _: None, during)
    assert looks == pytest.approx([PERIOD_S, 2 * PERIOD_S, 3 * PERIOD_S])
