"""When a PCM counts as stalled: the pure decision, and a stream over a PCM that behaves as recorded."""

import pytest

from callbox_device.alsa import stream as stream_module
from callbox_device.alsa.stream import PcmStream
from callbox_device.interfaces import STALL_S, PartFailed
from callbox_device.model.sample_format import PIPELINE_FORMAT
from callbox_device.model.stall import StallDetector

PERIOD_S = 0.02


def test_frames_are_progress():
    stall = StallDetector(0.0)
    for period in range(1, 500):
        stall.on_frames(period * PERIOD_S)
    assert not stall.is_stalled(499 * PERIOD_S + STALL_S)
    assert stall.is_stalled(499 * PERIOD_S + STALL_S + 0.01)


def test_an_xrun_restarts_a_card_that_moved():
    """Also after the program itself stood still for longer than a card may."""
    stall = StallDetector(0.0)
    stall.on_frames(1.0)
    assert stall.on_xrun(10.0)
    assert not stall.is_stalled(10.0 + STALL_S)
    stall.on_frames(11.0)
    assert stall.on_xrun(12.0)


def test_xruns_without_a_frame_between_are_no_progress():
    stall = StallDetector(0.0)
    assert stall.on_xrun(0.1)
    for number in range(2, 100):
        assert not stall.on_xrun(number * 0.1)
        assert stall.is_stalled(number * 0.1) is (number * 0.1 - 0.1 > STALL_S)


class EndlessXruns:
    """A PCM of PipeWire 1.4.2's plugin as pyalsaaudio gave it once the daemon had ended: EPIPE at each call."""

    format, card_number, period_frames, buffer_frames = PIPELINE_FORMAT, -1, 960, 3840

    def __init__(self):
        self.calls = 0

    def available(self):
        return -32

    def poll(self, timeout_ms):
        return True

    def read(self):
        self.calls += 1

    def write(self, sound):
        self.calls += 1


@pytest.mark.parametrize("direction", ["capture", "playback"])
def test_endless_xruns_are_one_xrun_and_then_a_failure_at_a_periods_pace(direction, monkeypatch):
    now_s = [100.0]

    class Clock:
        @staticmethod
        def monotonic():
            return now_s[0]

        @staticmethod
        def sleep(duration_s):
            now_s[0] += duration_s

    monkeypatch.setattr(stream_module, "time", Clock)
    opened = EndlessXruns()
    stream = PcmStream(opened, direction, "pipewire", 80)  # type: ignore[arg-type]  # no alsa-lib behind it

    def work_once():
        result = stream.read() if direction == "capture" else stream.has_room(0.01) and stream.write(bytes(960))
        if not result and result is not None:
            stream.wait()
        return result

    results = []

    def work_without_end():
        while True:
            results.append(work_once())

    with pytest.raises(PartFailed, match="has moved no sound for 2 s"):
        work_without_end()
    assert results.count(None) == 1  # one overrun or underrun is counted
    assert now_s[0] == pytest.approx(100 + STALL_S, abs=2 * PERIOD_S)
    assert opened.calls < 2 * STALL_S / PERIOD_S
