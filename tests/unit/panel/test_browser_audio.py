"""Microphone and loudspeaker in a page, and the selection of one of several devices."""

import threading
import time
from types import SimpleNamespace

import pytest

from callbox.panel import browser_audio
from callbox.panel.browser_audio import BROWSER, BrowserMicrophone, BrowserSpeaker
from callbox.panel.device_switch import SelectableMicrophone
from callbox_device.interfaces import PartFailed, PartMissing, PcmInfo
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone


class AudioPeer:
    """Records its calls."""

    def __init__(self):
        self.calls = []
        self.has_more = threading.Event()

    def _add(self, what):
        self.calls.append(what)
        self.has_more.set()

    def open(self):
        self._add("open")

    def close(self):
        self._add("close")

    def play(self, period):
        self._add(period)

    def flush(self):
        self._add("flush")

    def wait_for(self, what, within_s=60):
        end_s = time.monotonic() + within_s
        while what not in self.calls:
            assert time.monotonic() < end_s, self.calls
            time.sleep(0.002)


class Recorded(list):
    """Periods or failures, with waiting."""

    def wait_for(self, size, within_s=60):
        end_s = time.monotonic() + within_s
        while len(self) < size:
            assert time.monotonic() < end_s, self
            time.sleep(0.002)


PERIOD = b"\1\0" * pcm.PERIOD_FRAMES


def is_open(part):
    """A call, as mypy takes a property that was asserted for fixed."""
    return part.is_open


def start(microphone):
    periods, failed = Recorded(), Recorded()
    return periods, failed, microphone.start(lambda period, _: periods.append(period), failed.append)


def test_microphone_opens_with_its_first_period():
    microphone, peer = BrowserMicrophone(), AudioPeer()
    microphone.attach(peer)
    periods, failed, opened = start(microphone)
    peer.wait_for("open")
    assert not opened.done()
    assert not is_open(microphone)
    microphone.push(PERIOD)
    opened.result(60)
    periods.wait_for(1)
    assert is_open(microphone)
    microphone.push(b"too short")
    microphone.stop().result(60)
    assert not is_open(microphone)
    assert peer.calls == ["open", "close"]
    microphone.push(PERIOD)
    time.sleep(0.05)
    assert periods == [PERIOD]
    assert not failed


def test_start_fails_without_page():
    _, _, opened = start(BrowserMicrophone())
    with pytest.raises(PartMissing, match="No page offers its microphone"):
        opened.result(60)


def test_start_fails_when_the_browser_denies():
    microphone, peer = BrowserMicrophone(), AudioPeer()
    microphone.attach(peer)
    _, failed, opened = start(microphone)
    microphone.fail("NotAllowedError")
    with pytest.raises(PartFailed, match="NotAllowedError"):
        opened.result(60)
    assert not failed


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine is no page that is silent."""
    monkeypatch.setattr(browser_audio, "OPEN_TIMEOUT_S", 60.0)
    monkeypatch.setattr(browser_audio, "STALL_S", 60.0)


def test_silent_page_fails(monkeypatch):
    monkeypatch.setattr(browser_audio, "OPEN_TIMEOUT_S", 0.05)
    monkeypatch.setattr(browser_audio, "STALL_S", 0.05)
    microphone = BrowserMicrophone()
    microphone.attach(AudioPeer())
    _, _, opened = start(microphone)
    with pytest.raises(PartFailed, match="sends nothing"):
        opened.result(60)
    monkeypatch.setattr(browser_audio, "OPEN_TIMEOUT_S", 60.0)
    _, failed, opened = start(microphone)
    microphone.push(PERIOD)
    opened.result(60)
    failed.wait_for(1)
    assert "sends nothing" in str(failed[0])
    assert not microphone.is_open


def test_another_page_takes_over():
    microphone = BrowserMicrophone()
    microphone.attach(AudioPeer())
    _, failed, opened = start(microphone)
    microphone.push(PERIOD)
    opened.result(60)
    other = AudioPeer()
    microphone.attach(other)
    failed.wait_for(1)
    assert isinstance(failed[0], PartFailed)
    microphone.stop().result(60)
    periods, _, opened = start(microphone)
    other.wait_for("open")
    microphone.push(PERIOD)
    opened.result(60)
    periods.wait_for(1)
    microphone.stop().result(60)


def test_unread_periods_are_overruns():
    microphone, peer, go_on = BrowserMicrophone(), AudioPeer(), threading.Event()
    microphone.attach(peer)

    def wait(*_):
        go_on.wait(60)

    microphone.start(wait, lambda _: None)
    for _ in range(browser_audio.MAX_BACKLOG_PERIODS + 10):
        microphone.push(PERIOD)
    assert 8 <= microphone.overruns <= 10
    go_on.set()
    microphone.stop().result(60)


def test_loudspeaker_gets_the_requested_periods_only(monkeypatch):
    monkeypatch.setattr(browser_audio, "time", SimpleNamespace(monotonic=lambda: 7.0))
    speaker, peer = BrowserSpeaker(), AudioPeer()
    speaker.attach(peer)
    at = []
    sound = bytes(pcm.PLAYBACK_PERIOD_BYTES)

    def fill(playout_s):
        at.append(playout_s)
        return sound

    opened = speaker.start(fill, lambda _: None)
    peer.wait_for("open")
    speaker.request(3, 40.0, underruns=2)
    opened.result(60)
    peer.wait_for(sound)
    while peer.calls.count(sound) < 3:
        time.sleep(0.002)
    time.sleep(0.05)
    assert peer.calls.count(sound) == 3
    assert at == pytest.approx([7.04, 7.05, 7.06])
    assert speaker.delay_ms == 40
    assert speaker.underruns == 2
    speaker.flush()
    peer.wait_for("flush")
    speaker.stop().result(60)
    assert speaker.delay_ms == 0


def test_requests_of_the_loudspeaker_are_bounded():
    speaker, peer = BrowserSpeaker(), AudioPeer()
    speaker.attach(peer)
    speaker.start(lambda _: b"", lambda _: None)
    speaker.request(10**9, float("inf"))
    speaker.request(-5, -1)
    speaker.stop().result(60)
    assert peer.calls.count(b"") == browser_audio.MAX_CREDIT_PERIODS


def test_unplugged_and_plugged_in_again():
    microphone = BrowserMicrophone()
    microphone.attach(AudioPeer())
    _, failed, opened = start(microphone)
    microphone.push(PERIOD)
    opened.result(60)
    microphone.unplug()
    failed.wait_for(1)
    microphone.stop().result(60)
    with pytest.raises(PartMissing, match="pulled out"):
        start(microphone)[2].result(60)
    microphone.plug_in()
    _, _, opened = start(microphone)
    microphone.push(PERIOD)
    opened.result(60)
    microphone.stop().result(60)


def test_selected_device_is_opened():
    browser = BrowserMicrophone()
    recorded = PcmInfo("recorded", "a sentence")
    microphone = SelectableMicrophone({recorded: SimulatedMicrophone(PERIOD), BROWSER: browser})
    assert [device.name for device in microphone.devices()] == ["recorded", "browser"]
    periods, _, opened = start(microphone)
    opened.result(60)
    periods.wait_for(1)
    assert periods[0] == PERIOD
    microphone.stop().result(60)
    microphone.use("browser")
    browser.attach(AudioPeer())
    periods, _, opened = start(microphone)
    browser.push(PERIOD[::-1])
    opened.result(60)
    periods.wait_for(1)
    assert periods[0] == PERIOD[::-1]
    assert is_open(microphone)
    microphone.stop().result(60)
    assert not is_open(microphone)
    microphone.use("nonsense")
    with pytest.raises(PartMissing, match="'nonsense'; there are: recorded, browser"):
        start(microphone)[2].result(60)
