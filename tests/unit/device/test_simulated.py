import resource
import time
import wave
from itertools import pairwise

import pytest
from tests.rig.mosquitto import wait_for

from callbox_device.interfaces import BoardError, Edge, PartBusy, PartFailed, PartMissing
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker
from callbox_device.wav import read_wav


def wav(path, values, rate_hz=48_000, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(b"".join(value.to_bytes(width, "little", signed=width > 1) for value in values))
    return path


def test_a_button_tells_its_edges_with_their_times():
    button = SimulatedButton()
    edges: list[Edge] = []
    button.press()
    assert button.start(edges.append) is True
    button.release(5.0)
    button.click(duration_ms=100)
    assert [edge.closed for edge in edges] == [False, True, False]
    assert edges[0].at_s == 5.0
    assert edges[2].at_s - edges[1].at_s == pytest.approx(0.1)
    button.close()
    button.press()
    assert len(edges) == 3


def test_a_lamp_remembers_what_it_showed():
    lamp = SimulatedLamp()
    for brightness in (0.0, 1.0, 1.0, 0.5):
        lamp.set(brightness)
    lamp.close()
    assert [brightness for _, brightness in lamp.history] == [1.0, 0.5, 0.0]


def test_a_microphone_delivers_its_sound_from_each_start_on_and_then_silence():
    sound = bytes(range(1, 201)) * 12  # a period and a quarter
    microphone = SimulatedMicrophone(sound)
    for _ in range(2):
        captured: list[bytes] = []
        failures: list[BoardError] = []

        def capture(period, _, captured=captured):
            captured.append(period)

        microphone.start(capture, failures.append).result()
        is_open = microphone.is_open
        assert is_open
        assert wait_for(lambda captured=captured: len(captured) >= 3)
        microphone.stop().result()
        assert not microphone.is_open
        assert failures == []
        assert b"".join(captured[:2]) == sound.ljust(2 * pcm.PERIOD_BYTES, b"\0")
        assert captured[2] == pcm.SILENT_PERIOD


def test_a_speaker_writes_a_whole_wav_file(tmp_path):
    speaker = SimulatedSpeaker(tmp_path / "said.wav")
    periods = iter([bytes([1, 0]) * 480, bytes([2, 0]) * 480])
    speaker.start(lambda _: next(periods, bytes(pcm.PLAYBACK_PERIOD_BYTES)), print).result()
    assert wait_for(lambda: len(speaker.played) >= 3 * pcm.PERIOD_BYTES)
    speaker.stop().result()
    assert read_wav(tmp_path / "said.wav") == bytes(speaker.played)
    assert speaker.played.startswith(bytes([1, 0]) * 480 + bytes([2, 0]) * 480)


def test_a_speaker_plays_on_when_its_file_can_be_written_no_more(tmp_path, caplog):
    path, failures = tmp_path / "said.wav", list[BoardError]()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limit[1]))  # EFBIG in place of ENOSPC
    try:
        speaker = SimulatedSpeaker(path)
        speaker.start(lambda _: bytes([1, 0]) * 480, failures.append).result()
        assert wait_for(lambda: len(speaker.played) >= 200_000)
        assert speaker.is_open
        speaker.stop().result()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert caplog.messages == [f"{path} can't be written any more, and ends here: File too large"]
    assert read_wav(path) == bytes([1, 0]) * (len(read_wav(path)) // 2)
    assert len(read_wav(path)) >= 48_000
    assert failures == []


def test_a_speaker_whose_file_cannot_be_written_says_so(tmp_path):
    speaker = SimulatedSpeaker(tmp_path / "nowhere" / "said.wav")
    with pytest.raises(PartFailed, match=r"said.wav can't be written: No such file or directory"):
        speaker.start(lambda _: bytes(pcm.PLAYBACK_PERIOD_BYTES), print).result()
    assert not speaker.is_open


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_that_is_pulled_out_says_so_once_and_is_closed(part):
    failures: list[BoardError] = []
    part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), failures.append).result()
    part.unplug()
    assert wait_for(lambda: failures)
    assert isinstance(failures[0], PartFailed)
    assert not part.is_open
    part.stop().result()
    assert len(failures) == 1
    with pytest.raises(PartMissing):
        part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), failures.append).result()
    part.plug_in()
    part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), failures.append).result()
    assert part.is_open
    part.stop().result()
    assert len(failures) == 1


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_that_stalls_is_found_broken_and_can_be_had_again(part):
    failures: list[BoardError] = []
    calls = []

    def work(*values):
        calls.append(values)
        return bytes(pcm.PLAYBACK_PERIOD_BYTES)

    part.start(work, failures.append).result()
    part.stall()
    assert wait_for(lambda: failures)
    assert "has done nothing for 2 s" in str(failures[0])
    assert not part.is_open
    before = len(calls)
    part.start(work, failures.append).result()
    assert wait_for(lambda: len(calls) > before)
    part.stop().result()
    assert len(failures) == 1


def test_a_microphone_says_when_a_period_was_captured():
    microphone, reported = SimulatedMicrophone(), []
    began_s = time.monotonic()
    microphone.start(lambda _, captured_s: reported.append((captured_s, time.monotonic())), print).result()
    assert wait_for(lambda: len(reported) >= 10)
    microphone.stop().result()
    assert reported[0][0] >= began_s - 0.02
    assert all(captured_s + 0.02 <= now_s for captured_s, now_s in reported)
    assert [b[0] - a[0] for a, b in pairwise(reported)] == pytest.approx([0.02] * (len(reported) - 1))


def test_buffered_sound_is_played_later_and_dropped_by_flush():
    speaker, played_at = SimulatedSpeaker(buffer_ms=100), []

    def fill(played_s):
        played_at.append(played_s)
        return len(played_at).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES

    assert speaker.delay_ms == 0
    speaker.start(fill, print).result()
    assert wait_for(lambda: len(played_at) >= 15)
    assert speaker.delay_ms == 100
    speaker.flush()
    count = len(played_at)
    assert wait_for(lambda: len(played_at) >= count + 30)
    speaker.stop().result()
    assert speaker.delay_ms == 0
    played = list(pcm.samples(bytes(speaker.played)))[:: pcm.PLAYBACK_PERIOD_FRAMES]
    [(last, following)] = [(a, b) for a, b in pairwise(played) if b != a + 1]
    assert following - last == 11  # ten periods were in the card
    assert played_at[following - 1] - played_at[last - 1] == pytest.approx(0.01)


@pytest.mark.parametrize(("drift_ppm", "period_s"), [(0, 0.01), (100_000, 0.01 / 1.1), (-100_000, 0.01 / 0.9)])
def test_a_speakers_clock_may_drift(drift_ppm, period_s):
    speaker, played_at = SimulatedSpeaker(drift_ppm=drift_ppm), []

    def fill(played_s):
        played_at.append(played_s)
        return bytes(pcm.PLAYBACK_PERIOD_BYTES)

    speaker.start(fill, print).result()
    assert wait_for(lambda: len(played_at) >= 20)
    speaker.stop().result()
    assert [b - a for a, b in pairwise(played_at)] == pytest.approx([period_s] * (len(played_at) - 1))


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_that_cannot_be_had(part):
    part.fail_with(PartBusy("held"))
    with pytest.raises(PartBusy):
        part.start(lambda *_: b"", print).result()
    assert not part.is_open
    part.fail_with(None)
    part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), print).result()
    with pytest.raises(RuntimeError):
        part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), print)
    part.stop().result()


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
def test_a_wav_file_is_read_at_48_khz(tmp_path, rate_hz):
    values = [0, 1200, -600, 32767, -32768]
    read = pcm.samples(read_wav(wav(tmp_path / "in.wav", values, rate_hz)))
    factor = 48_000 // rate_hz
    assert len(read) == len(values) * factor
    assert list(read[::factor]) == values
    assert read[factor // 2] == (600 if factor > 1 and factor % 2 == 0 else read[factor // 2])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"channels": 2}, "2 channels, 16 bits, 48000 Hz"),
        ({"width": 1}, "1 channels, 8 bits, 48000 Hz"),
        ({"rate_hz": 44_100}, "1 channels, 16 bits, 44100 Hz"),
        ({"rate_hz": 1}, "1 channels, 16 bits, 1 Hz"),
    ],
)
def test_another_format_is_refused_with_what_it_is(tmp_path, options, wanted):
    with pytest.raises(ValueError, match=wanted):
        read_wav(wav(tmp_path / "in.wav", [0, 1], **options))


def test_a_wav_file_of_no_rate_is_refused(tmp_path):
    file = wav(tmp_path / "in.wav", [0, 1])
    content = file.read_bytes()
    file.write_bytes(content[:24] + bytes(8) + content[32:])
    with pytest.raises(ValueError, match="1 channels, 16 bits, 0 Hz"):
        read_wav(file)


def test_of_a_wav_file_that_is_cut_short_whole_samples_are_read(tmp_path):
    file = wav(tmp_path / "in.wav", [1, 2, 3])
    file.write_bytes(file.read_bytes()[:-1])
    assert list(pcm.samples(read_wav(file))) == [1, 2]
    assert len(read_wav(file)) == 4


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" * 100])
def test_what_is_no_wav_file_is_refused(tmp_path, content):
    (tmp_path / "in.wav").write_bytes(content)
    with pytest.raises(ValueError, match="is no WAV file"):
        read_wav(tmp_path / "in.wav")


def test_volume_scales_what_is_played():
    speaker = SimulatedSpeaker()
    speaker.volume_percent = 50
    loud = (10_000).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES
    speaker.start(lambda _: loud, lambda _: None).result()
    assert wait_for(lambda: len(speaker.played) > 5 * len(loud))
    speaker.stop().result()
    assert set(pcm.samples(bytes(speaker.played))) == {1250}


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_may_be_started_the_moment_it_has_stopped(part):
    for _ in range(50):
        part.start(lambda *_: bytes(pcm.PLAYBACK_PERIOD_BYTES), print).result()
        part.stop().result()


def test_how_late_the_simulated_card_was_is_kept():
    microphone = SimulatedMicrophone()
    delivered = 0

    def deliver(period, at_s):
        nonlocal delivered
        delivered += 1
        if delivered == 1:
            time.sleep(0.15)  # the machine does something else meanwhile

    microphone.start(deliver, lambda error: None)
    assert wait_for(lambda: delivered > 1)
    microphone.stop().result(60)
    assert microphone.max_late_s >= 0.15 - pcm.PERIOD_MS / 1000
