"""A microphone and a loudspeaker whose sound is brought by somebody else, and the choice between several."""

import itertools
import threading
import time

import pytest

from callbox.panel import browser_audio
from callbox.panel.browser_audio import FAR, FarMicrophone, FarSpeaker
from callbox.panel.device_switch import SwitchedMicrophone
from callbox_device.interfaces import PartFailed, PartMissing, PcmInfo
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone


class Lender:
    """Remembers what it was told."""

    def __init__(self):
        self.told = []
        self.has_more = threading.Event()

    def _note(self, what):
        self.told.append(what)
        self.has_more.set()

    def open(self):
        self._note("open")

    def close(self):
        self._note("close")

    def play(self, period):
        self._note(period)

    def flush(self):
        self._note("flush")

    def until(self, what, within_s=60):
        end_s = time.monotonic() + within_s
        while what not in self.told:
            assert time.monotonic() < end_s, self.told
            time.sleep(0.002)


class Told(list):
    """Periods or failures, with waiting."""

    def until(self, size, within_s=60):
        end_s = time.monotonic() + within_s
        while len(self) < size:
            assert time.monotonic() < end_s, self
            time.sleep(0.002)


PERIOD = b"\1\0" * pcm.PERIOD_FRAMES


def is_open(part):
    """A call, as mypy takes a property that was asserted for fixed."""
    return part.is_open


def start(microphone):
    heard, failed = Told(), Told()
    return heard, failed, microphone.start(lambda period, _: heard.append(period), failed.append)


def test_a_microphone_opens_with_its_first_sound():
    microphone, lender = FarMicrophone(), Lender()
    microphone.lend(lender)
    heard, failed, opened = start(microphone)
    lender.until("open")
    assert not opened.done()
    assert not is_open(microphone)
    microphone.feed(PERIOD)
    opened.result(5)
    heard.until(1)
    assert is_open(microphone)
    microphone.feed(b"too short")
    microphone.stop().result(5)
    assert not is_open(microphone)
    assert lender.told == ["open", "close"]
    microphone.feed(PERIOD)
    time.sleep(0.05)
    assert heard == [PERIOD]
    assert not failed


def test_nobody_lends():
    _, _, opened = start(FarMicrophone())
    with pytest.raises(PartMissing, match="No page lends its microphone"):
        opened.result(5)


def test_the_lender_refuses():
    microphone, lender = FarMicrophone(), Lender()
    microphone.lend(lender)
    _, failed, opened = start(microphone)
    microphone.fail("NotAllowedError")
    with pytest.raises(PartFailed, match="NotAllowedError"):
        opened.result(5)
    assert not failed


def test_a_lender_that_says_nothing(monkeypatch):
    monkeypatch.setattr(browser_audio, "OPENS_WITHIN_S", 0.05)
    monkeypatch.setattr(browser_audio, "STALL_S", 0.05)
    microphone = FarMicrophone()
    microphone.lend(Lender())
    _, _, opened = start(microphone)
    with pytest.raises(PartFailed, match="does nothing"):
        opened.result(5)
    _, failed, opened = start(microphone)
    microphone.feed(PERIOD)
    opened.result(5)
    failed.until(1)
    assert "does nothing" in str(failed[0])
    assert not microphone.is_open


def test_the_page_is_gone_and_another_lends():
    microphone = FarMicrophone()
    microphone.lend(Lender())
    _, failed, opened = start(microphone)
    microphone.feed(PERIOD)
    opened.result(5)
    other = Lender()
    microphone.lend(other)
    failed.until(1)
    assert isinstance(failed[0], PartFailed)
    microphone.stop().result(5)
    heard, _, opened = start(microphone)
    other.until("open")
    microphone.feed(PERIOD)
    opened.result(5)
    heard.until(1)
    microphone.stop().result(5)


def test_nobody_fetches_what_is_captured():
    microphone, lender, go_on = FarMicrophone(), Lender(), threading.Event()
    microphone.lend(lender)

    def wait(*_):
        go_on.wait(5)

    microphone.start(wait, lambda _: None)
    for _ in range(browser_audio.BACKLOG_PERIODS + 10):
        microphone.feed(PERIOD)
    assert 8 <= microphone.overruns <= 10
    go_on.set()
    microphone.stop().result(5)


def test_a_loudspeaker_gets_what_it_asks_for_and_no_more():
    speaker, lender = FarSpeaker(), Lender()
    speaker.lend(lender)
    at = []
    sound = bytes(pcm.PLAYBACK_PERIOD_BYTES)

    def fill(heard_s):
        at.append(heard_s)
        return sound

    opened = speaker.start(fill, lambda _: None)
    lender.until("open")
    speaker.take(3, 40.0, underruns=2)
    opened.result(5)
    lender.until(sound)
    while lender.told.count(sound) < 3:
        time.sleep(0.002)
    time.sleep(0.05)
    assert lender.told.count(sound) == 3
    assert [round(1000 * (later - earlier)) for earlier, later in itertools.pairwise(at)] == pytest.approx(
        [10, 10], abs=3
    )
    assert speaker.delay_ms == 40
    assert speaker.underruns == 2
    speaker.flush()
    lender.until("flush")
    speaker.stop().result(5)
    assert speaker.delay_ms == 0


def test_a_loudspeaker_that_asks_for_too_much():
    speaker, lender = FarSpeaker(), Lender()
    speaker.lend(lender)
    speaker.start(lambda _: b"", lambda _: None)
    speaker.take(10**9, float("inf"))
    speaker.take(-5, -1)
    speaker.stop().result(5)
    assert lender.told.count(b"") == browser_audio.MOST_CREDIT


def test_pulled_out_and_put_back():
    microphone = FarMicrophone()
    microphone.lend(Lender())
    _, failed, opened = start(microphone)
    microphone.feed(PERIOD)
    opened.result(5)
    microphone.unplug()
    failed.until(1)
    microphone.stop().result(5)
    with pytest.raises(PartMissing, match="pulled out"):
        start(microphone)[2].result(5)
    microphone.plug_in()
    _, _, opened = start(microphone)
    microphone.feed(PERIOD)
    opened.result(5)
    microphone.stop().result(5)


def test_one_of_several():
    far = FarMicrophone()
    recorded = PcmInfo("recorded", "a sentence")
    microphone = SwitchedMicrophone({recorded: SimulatedMicrophone(PERIOD), FAR: far})
    assert [device.name for device in microphone.devices()] == ["recorded", "browser"]
    heard, _, opened = start(microphone)
    opened.result(5)
    heard.until(1)
    assert heard[0] == PERIOD
    microphone.stop().result(5)
    microphone.use("browser")
    far.lend(Lender())
    heard, _, opened = start(microphone)
    far.feed(PERIOD[::-1])
    opened.result(5)
    heard.until(1)
    assert heard[0] == PERIOD[::-1]
    assert is_open(microphone)
    microphone.stop().result(5)
    assert not is_open(microphone)
    microphone.use("nonsense")
    with pytest.raises(PartMissing, match="'nonsense'; there are: recorded, browser"):
        start(microphone)[2].result(5)
