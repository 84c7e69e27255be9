import asyncio
import errno
import socket

import pytest
from tests.rig.fake_session import BESIDE, FakeSession, Transport
from tests.rig.uevents import Kernel

from callbox.audio import device_watch
from callbox.audio.media import BoardMedia, MediaCallbacks
from callbox.rtvi import DeviceError, DeviceKind, MediaDeviceInfo, MediaState, RTVIClient, RTVIEvent
from callbox_device.interfaces import PartBusy, PcmInfo
from callbox_device.model import pcm
from callbox_device.simulated import SIMULATED, SimulatedMicrophone, SimulatedSpeaker
from callbox_device.uevents import UeventSocket


def listen(client):
    events = []
    for event in BESIDE | {RTVIEvent.TransportStateChanged, RTVIEvent.DeviceError}:
        client.on(event, lambda *values, event=event: events.append((event.name, *values)))
    return events


@pytest.mark.simulated_time
async def test_opening_tells_state_lists_and_choice():
    stage = FakeSession()
    events = listen(stage.client)
    assert stage.client.media_state == MediaState()
    await stage.client.init_devices()
    assert stage.client.media_state == MediaState("granted", "granted")
    await asyncio.sleep(0.15)
    await stage.client.disconnect()
    names = [name for name, *_ in events if not name.endswith("AudioLevel")]
    assert names == [
        "TransportStateChanged", "MediaStateUpdated", "MediaStateUpdated", "TrackStarted", "AvailableMicsUpdated",
        "MicUpdated", "AvailableSpeakersUpdated", "SpeakerUpdated", "TransportStateChanged", "TransportStateChanged",
        "MediaStateUpdated", "TrackStopped", "TransportStateChanged",
    ]  # fmt: skip
    media = [values[0].mic for name, *values in events if name == "MediaStateUpdated"]
    assert media == ["initializing", "granted", "uninitialized"]
    mics = next(values[0] for name, *values in events if name == "AvailableMicsUpdated")
    assert [mic.device_id for mic in mics] == ["one", "two"]
    levels = [values for name, *values in events if name == "LocalAudioLevel"]
    assert levels[:2] == [[0.25], [0.25]]
    remote = next(values for name, *values in events if name == "RemoteAudioLevel")
    assert (remote[0], remote[1].local) == (0.5, False)


@pytest.mark.simulated_time
async def test_levels_end_with_the_devices():
    stage = FakeSession()
    levels: list[float] = []
    stage.client.on(RTVIEvent.LocalAudioLevel, levels.append)
    await stage.client.init_devices()
    await stage.client.disconnect()
    count = len(levels)
    await asyncio.sleep(3600)
    assert len(levels) == count


@pytest.mark.simulated_time
async def test_levels_are_emitted_while_there_is_a_listener_also_from_mid_session_on():
    stage = FakeSession()
    levels: list[float] = []
    await stage.client.init_devices()
    stage.client.on(RTVIEvent.LocalAudioLevel, levels.append)
    await asyncio.sleep(0.25)
    assert len(levels) == 3
    stage.client.off(RTVIEvent.LocalAudioLevel, levels.append)
    await asyncio.sleep(0.25)
    assert "audio levels" not in {task.get_name() for task in asyncio.all_tasks()}
    stage.client.on(RTVIEvent.LocalAudioLevel, levels.append)
    await asyncio.sleep(0.25)
    assert len(levels) == 6
    await stage.client.disconnect()
    stage.client.on(RTVIEvent.RemoteAudioLevel, lambda *_: levels.append(0.0))
    await asyncio.sleep(0.25)
    assert len(levels) == 6


async def test_a_device_that_fails_says_which_and_why():
    stage = FakeSession()
    events = listen(stage.client)
    stage.media.fails = DeviceError("held by arecord", device="mic", type_="in-use")
    with pytest.raises(DeviceError):
        await stage.client.init_devices()
    assert ("MediaStateUpdated", MediaState("error", "uninitialized", "in-use")) in events
    assert ("DeviceError", stage.media.fails) in events
    stage.media.fails = None
    await stage.client.disconnect()


async def test_without_devices_there_is_nothing_to_choose():
    client = RTVIClient(Transport)
    assert await client.get_all_mics() == []
    assert client.selected_mic is None
    assert not client.is_mic_enabled
    with pytest.raises(DeviceError, match="without devices"):
        await client.update_speaker("x")


# -- through the board ---------------------------------------------------------------------------------


def board():
    loud = (b"\xff\x3f" * pcm.PERIOD_FRAMES) * 500  # half of full scale
    return SimulatedMicrophone(loud), SimulatedSpeaker()


async def received(media):
    for _ in range(4):
        await media.read()
    return media.level(DeviceKind.MIC)


async def test_the_boards_devices_are_listed_and_chosen():
    microphone, speaker = board()
    microphone.plug_in(PcmInfo("plughw:CARD=Desk", "a desk microphone"))
    client = RTVIClient(Transport, BoardMedia(microphone, speaker))
    assert [mic.device_id for mic in await client.get_all_mics()] == ["simulated", "plughw:CARD=Desk"]
    assert [mic.kind for mic in await client.get_all_speakers()] == ["audiooutput"]
    updated: list[MediaDeviceInfo] = []
    client.on(RTVIEvent.MicUpdated, updated.append)
    await client.update_mic("plughw:CARD=Desk")
    assert client.selected_mic is not None
    assert client.selected_mic.device_id == updated[0].device_id == "plughw:CARD=Desk"
    assert not microphone.is_open  # choosing opens nothing


async def test_another_device_in_mid_session():
    microphone, speaker = board()
    microphone.plug_in(PcmInfo("desk", "a desk microphone"))
    speaker.plug_in(PcmInfo("hall", "a loudspeaker in the hall"))
    live: list[int] = []
    media = BoardMedia(microphone, speaker, MediaCallbacks(live.append))
    await media.open()
    assert await received(media) == pytest.approx(0.5, abs=0.01)
    await media.select(DeviceKind.MIC, "desk")
    await media.select(DeviceKind.SPEAKER, "hall")
    assert microphone.is_open
    assert speaker.is_open
    assert await received(media) > 0
    assert live == [True, False, True]  # the lamp tells the truth meanwhile
    await media.close()
    assert not microphone.is_open
    assert not live[-1]


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_device_that_is_not_there_leaves_the_one_before_in_use(kind):
    microphone, speaker = board()
    media = BoardMedia(microphone, speaker)
    await media.open()
    with pytest.raises(DeviceError, match=r"no .*'nowhere'.*there are: simulated") as raised:
        await media.select(kind, "nowhere")
    assert (raised.value.device, raised.value.type) == (kind.role, "not-found")
    selected = media.selected(kind)
    assert selected is not None
    assert selected.device_id == SIMULATED.name
    assert microphone.is_open
    assert speaker.is_open
    await media.close()


async def test_a_session_that_ends_while_a_device_is_being_changed_leaves_nothing_open():
    microphone, speaker = board()
    media = BoardMedia(microphone, speaker)
    await media.open()
    changing = asyncio.create_task(media.select(DeviceKind.MIC, SIMULATED.name))
    await asyncio.sleep(0)
    await media.close()
    await changing
    assert not microphone.is_open
    assert not speaker.is_open


async def read_forever(media):
    while True:
        await media.read()


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_device_that_goes_and_comes_in_a_session_is_emitted(kind):
    microphone, speaker = board()
    media = BoardMedia(microphone, speaker)
    client = RTVIClient(Transport, media)
    await client.init_devices()
    reading = asyncio.create_task(read_forever(media))
    emitted: list[object] = []
    client.on(RTVIEvent.MediaStateUpdated, emitted.append)
    client.on(RTVIEvent.DeviceError, emitted.append)
    part = microphone if kind is DeviceKind.MIC else speaker
    part.unplug()
    await until(lambda: len(emitted) == 2)
    broken = {"mic": "granted", "speaker": "granted"} | {kind.role: "error"}
    assert isinstance(emitted[1], DeviceError)
    assert emitted[0] == MediaState(**broken, reason=emitted[1].type)
    with pytest.raises(DeviceError) as raised:
        await (client.update_mic if kind is DeviceKind.MIC else client.update_speaker)("another")
    assert [one for one in emitted[2:] if isinstance(one, DeviceError)] == [raised.value]  # once
    part.plug_in()
    await until(lambda: client.media_state == MediaState("granted", "granted"))
    assert emitted[-1] == MediaState("granted", "granted")
    reading.cancel()
    await client.disconnect()
    assert emitted[-1] == MediaState()


@pytest.fixture
def kernel(monkeypatch):
    with Kernel() as kernel:
        monkeypatch.setattr(device_watch, "open_uevents", kernel.open_uevents)
        yield kernel


@pytest.mark.parametrize("listens", ["before", "meanwhile"])
async def test_a_card_that_is_plugged_in_is_listed_while_the_devices_are_open(kernel, listens):
    class Listed(BoardMedia):
        listings = 0

        async def devices(self):
            found = await super().devices()
            self.listings += 1
            return found

    microphone, speaker = board()
    media = Listed(microphone, speaker)
    client = RTVIClient(Transport, media)
    lists: list[list[str]] = []
    if listens == "meanwhile":
        await client.init_devices()
        assert not kernel.is_open  # without a listener nothing is watched
    client.on(RTVIEvent.AvailableMicsUpdated, lambda mics: lists.append([mic.device_id for mic in mics]))
    client.on(RTVIEvent.AvailableSpeakersUpdated, lambda _: lists.append([]))
    if listens == "before":
        await client.init_devices()
    opened = [["simulated"], []] if listens == "before" else []
    await until(lambda: media.listings == len(opened) + len(DeviceKind))
    assert lists == opened
    microphone.plug_in(PcmInfo("plughw:CARD=Desk", "a desk microphone"))
    for subsystem in ("usb", "sound", "sound"):
        kernel.send(subsystem)
    await until(lambda: len(lists) > len(opened))
    assert lists == [*opened, ["simulated", "plughw:CARD=Desk"]]  # once, and no loudspeakers
    await client.disconnect()
    await until(lambda: not kernel.is_watched)


async def test_cards_are_not_noticed_any_more_when_the_kernel_s_socket_fails(caplog):
    class Failing(socket.socket):
        def recv(self, *_):
            raise OSError(errno.EIO, "broken")

    sender, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver = Failing(socket.AF_UNIX, socket.SOCK_DGRAM, fileno=other.detach())
    changes: list[None] = []
    with sender, pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_watch, "open_uevents", lambda subsystems: UeventSocket(subsystems, receiver))
        end = device_watch.watch_cards(lambda: changes.append(None))
        sender.send(b"x")
        await until(lambda: "not noticed any more: [Errno 5] broken" in caplog.text)
        end()
    assert receiver.fileno() < 0
    assert not changes


async def test_where_there_are_no_uevents_no_card_is_watched(monkeypatch):
    monkeypatch.setattr(device_watch, "open_uevents", lambda _: None)
    device_watch.watch_cards(pytest.fail)()


async def test_a_busy_device_is_in_use():
    microphone, speaker = board()
    microphone.fail_with(PartBusy("held"))
    with pytest.raises(DeviceError) as raised:
        await BoardMedia(microphone, speaker).open()
    assert raised.value.type == "in-use"
    assert not speaker.is_open
