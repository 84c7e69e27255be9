"""Board media with callbacks that raise: the devices work on."""

import asyncio
import time
from concurrent.futures import Future

import pytest

from callbox.audio import device_recovery
from callbox.audio.media import BoardMedia, MediaCallbacks
from callbox.audio.opus import OpusEncoder
from callbox.audio.playout.decoder import GONE_FRAMES
from callbox.audio.stats import stats_between
from callbox.panel.device_switch import SelectableMicrophone, SelectableSpeaker
from callbox.rtvi import DeviceError, DeviceKind
from callbox_device.interfaces import PcmInfo
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

GONE_MS = GONE_FRAMES * 1000 / pcm.RATE_HZ


class Broken(Exception):
    """What a callback raises that has a defect."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(device_recovery, "FIRST_RETRY_S", 0.0)
    monkeypatch.setattr(device_recovery, "RETRY_PERIOD_S", 0.001)


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def raises(*_):
    raise Broken


async def test_observers_that_raise_keep_no_device_from_working():
    microphone, speaker = SimulatedMicrophone(), SimulatedSpeaker()
    media = BoardMedia(microphone, speaker, MediaCallbacks(fault=raises, working=raises))
    await media.open()
    assert (microphone.is_open, speaker.is_open) == (True, True)
    reading = asyncio.create_task(read_forever(media))
    for part in (microphone, speaker):
        part.unplug()
        await until(lambda part=part: not part.is_open)
        part.plug_in()
        await until(lambda part=part: part.is_open)
    reading.cancel()
    await media.close()
    assert (microphone.is_open, speaker.is_open) == (False, False)


def test_devices_of_another_event_loop_are_refused_in_words():
    async def make():
        return BoardMedia(SimulatedMicrophone(), SimulatedSpeaker())

    media = asyncio.run(make())
    with pytest.raises(DeviceError, match="belong to another event loop: make them anew"):
        asyncio.run(media.open())


class CountingMicrophone(SimulatedMicrophone):
    """Counts how often it was looked for."""

    looked_for = 0

    def missing(self):
        self.looked_for += 1
        return super().missing()


async def test_the_lamp_stays_dark_while_a_microphone_is_pulled_out_in_a_call():
    microphone = CountingMicrophone()
    lamp: list[int] = []
    media = BoardMedia(microphone, SimulatedSpeaker(), MediaCallbacks(lamp.append))
    await media.open()
    reading = asyncio.create_task(read_forever(media))
    microphone.unplug()
    await until(lambda: not microphone.is_open)
    before = microphone.looked_for
    await until(lambda: microphone.looked_for > before + 5)
    assert lamp == [True, False]
    microphone.plug_in()
    await until(lambda: microphone.is_open)
    assert lamp == [True, False, True]
    reading.cancel()
    await media.close()


async def read_forever(media):
    while True:
        await media.read()


async def test_a_lamp_that_fails_in_a_call_closes_the_microphone_until_it_is_lit_again():
    microphone = SimulatedMicrophone()
    lamp = []

    def light(live):
        lamp.append(live)
        if live and 1 < lamp.count(True) < 4:
            raise Broken

    media = BoardMedia(microphone, SimulatedSpeaker(), MediaCallbacks(mic_live=light))
    await media.open()
    reading = asyncio.create_task(read_forever(media))
    microphone.unplug()
    await until(lambda: not media.gate.is_live)
    microphone.plug_in()
    await until(lambda: microphone.is_open)
    assert lamp.count(True) >= 4
    assert lamp == [True, False] * (len(lamp) // 2) + [True]
    reading.cancel()
    await media.close()
    assert not lamp[-1]


async def test_a_microphone_that_cannot_be_closed_does_not_keep_the_loudspeaker_open(monkeypatch):
    microphone, speaker = SimulatedMicrophone(), SimulatedSpeaker()
    media = BoardMedia(microphone, speaker)
    await media.open()
    stop = microphone.stop
    monkeypatch.setattr(microphone, "stop", raises)
    with pytest.raises(Broken):
        await media.close()
    assert not speaker.is_open
    assert media.gate.is_live  # and its lamp is lit
    monkeypatch.setattr(microphone, "stop", stop)
    await media.close()
    assert not media.gate.is_live


async def test_concealed_sound_is_a_share_of_all_sound_that_was_played():
    media = BoardMedia(SimulatedMicrophone(), SimulatedSpeaker())
    await media.open()
    before = media.snapshot()
    packet = OpusEncoder().encode((900).to_bytes(2, "little") * pcm.PERIOD_FRAMES)
    for number in range(5):
        media.write_rtp(7, number, number * pcm.PERIOD_FRAMES, packet, time.monotonic())
    await until(lambda: media.player.rtp.counters.concealed_ms >= GONE_MS)  # of an outage no more is made up
    assert stats_between(before, media.snapshot()).concealed_percent == 50  # of 5 packets and as much
    await media.close()


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_device_that_is_away_while_another_is_refused_is_used_again_when_it_is_back(kind):
    microphone, speaker = SimulatedMicrophone(), SimulatedSpeaker()
    faults: list[DeviceError] = []
    media = BoardMedia(microphone, speaker, MediaCallbacks(fault=faults.append))
    await media.open()
    reading = asyncio.create_task(read_forever(media))
    part = microphone if kind is DeviceKind.MIC else speaker
    part.unplug()
    await until(lambda: not part.is_open)
    with pytest.raises(DeviceError):
        await media.select(kind, "another")
    assert faults[-1].device == kind.role
    part.plug_in()
    await until(lambda: part.is_open)
    assert part.device == "simulated"
    reading.cancel()
    await media.close()


class HangingMicrophone(SimulatedMicrophone):
    hangs = False

    def __init__(self):
        super().__init__()
        self.is_hanging = asyncio.Event()

    def start(self, deliver, failed):
        opened = super().start(deliver, failed)
        if not self.hangs:
            return opened
        self.is_hanging.set()
        return Future()


async def test_a_microphone_whose_choice_is_cancelled_is_opened_again():
    microphone = HangingMicrophone()
    microphone.plug_in(PcmInfo("another", "beside it"))
    media = BoardMedia(microphone, SimulatedSpeaker())
    await media.open()
    microphone.hangs = True
    choosing = asyncio.create_task(media.select(DeviceKind.MIC, "another"))
    await microphone.is_hanging.wait()
    choosing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await choosing
    assert not microphone.is_open
    microphone.hangs = False
    await until(lambda: microphone.is_open)
    await media.close()


class SlowMicrophone(SimulatedMicrophone):
    """Opens when it may."""

    def __init__(self):
        super().__init__()
        self.is_requested, self.may_open = asyncio.Event(), asyncio.Event()

    def start(self, deliver, failed):
        started: Future[None] = Future()

        async def start():
            self.is_requested.set()
            await self.may_open.wait()
            await asyncio.wrap_future(super(SlowMicrophone, self).start(deliver, failed))
            started.set_result(None)

        self.starting = asyncio.create_task(start())
        return started


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_device_that_is_selected_while_the_devices_are_opened_is_used(kind):
    microphones, speakers = (SlowMicrophone(), SimulatedMicrophone()), (SimulatedSpeaker(), SimulatedSpeaker())
    names = PcmInfo("first", "the first"), PcmInfo("second", "the second")
    media = BoardMedia(
        SelectableMicrophone(dict(zip(names, microphones, strict=True))),
        SelectableSpeaker(dict(zip(names, speakers, strict=True))),
    )
    opening = asyncio.create_task(media.open())
    await microphones[0].is_requested.wait()
    await media.select(kind, "second")
    microphones[0].may_open.set()
    await opening
    parts = microphones if kind is DeviceKind.MIC else speakers
    assert [part.is_open for part in parts] == [False, True]
    await media.close()
    assert not any(part.is_open for part in (*microphones, *speakers))


async def test_a_microphone_that_is_selected_while_a_wake_word_is_listened_for_is_the_next_to_listen():
    microphones = SimulatedMicrophone(), SimulatedMicrophone()
    names = PcmInfo("first", "the first"), PcmInfo("second", "the second")
    media = BoardMedia(SelectableMicrophone(dict(zip(names, microphones, strict=True))), SimulatedSpeaker())
    listening = asyncio.create_task(media.listen(lambda _: None))
    await until(lambda: microphones[0].is_open)
    await media.select(DeviceKind.MIC, "second")
    async with asyncio.timeout(60):
        assert await listening is None
    assert not microphones[0].is_open
    listening = asyncio.create_task(media.listen(lambda _: None))
    await until(lambda: microphones[1].is_open)
    await media.stop_listening()
    assert await listening is None
