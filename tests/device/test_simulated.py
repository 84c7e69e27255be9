import wave

import pytest
from tests.rig.mosquitto import wait_for

from callbox_device import pcm
from callbox_device.board import PartBusy, PartFailed
from callbox_device.simulated import (
    SimulatedButton,
    SimulatedLamp,
    SimulatedMicrophone,
    SimulatedSpeaker,
    read_wav,
)


def wav(path, values, rate_hz=48_000, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(b"".join(value.to_bytes(width, "little", signed=width > 1) for value in values))
    return path


def test_a_button_tells_its_edges_with_their_times():
    button, edges = SimulatedButton(), []
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


def test_a_microphone_hears_its_sound_from_each_start_on_and_then_silence():
    sound = bytes(range(1, 201)) * 12  # a period and a quarter
    microphone = SimulatedMicrophone(sound)
    for _ in range(2):
        heard = []
        microphone.start(heard.append, heard.append).result()
        assert microphone.is_open
        assert wait_for(lambda heard=heard: len(heard) >= 3)
        microphone.stop().result()
        assert not microphone.is_open
        assert b"".join(heard[:2]) == sound.ljust(2 * pcm.PERIOD_BYTES, b"\0")
        assert heard[2] == pcm.SILENT_PERIOD


def test_a_speaker_writes_a_whole_wav_file(tmp_path):
    speaker = SimulatedSpeaker(tmp_path / "said.wav")
    periods = iter([bytes([1, 0]) * 960, bytes([2, 0]) * 960])
    speaker.start(lambda: next(periods, pcm.SILENT_PERIOD), print).result()
    assert wait_for(lambda: len(speaker.played) >= 3 * pcm.PERIOD_BYTES)
    speaker.stop().result()
    assert read_wav(tmp_path / "said.wav") == bytes(speaker.played)
    assert speaker.played.startswith(bytes([1, 0]) * 960 + bytes([2, 0]) * 960)


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_that_is_pulled_out_says_so_once_and_is_closed(part):
    failures = []
    part.start(lambda *_: bytes(pcm.PERIOD_BYTES), failures.append).result()
    part.unplug()
    assert wait_for(lambda: failures)
    assert isinstance(failures[0], PartFailed)
    assert not part.is_open
    part.stop().result()
    assert len(failures) == 1


@pytest.mark.parametrize("part", [SimulatedMicrophone(), SimulatedSpeaker()])
def test_a_part_that_cannot_be_had(part):
    part.fail_with(PartBusy("held"))
    with pytest.raises(PartBusy):
        part.start(lambda *_: b"", print).result()
    assert not part.is_open
    part.fail_with(None)
    part.start(lambda *_: pcm.SILENT_PERIOD, print).result()
    with pytest.raises(RuntimeError):
        part.start(lambda *_: pcm.SILENT_PERIOD, print)
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
    ],
)
def test_another_format_is_refused_with_what_it_is(tmp_path, options, wanted):
    with pytest.raises(ValueError, match=wanted):
        read_wav(wav(tmp_path / "in.wav", [0, 1], **options))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" * 100])
def test_what_is_no_wav_file_is_refused(tmp_path, content):
    (tmp_path / "in.wav").write_bytes(content)
    with pytest.raises(ValueError, match="is no WAV file"):
        read_wav(tmp_path / "in.wav")
