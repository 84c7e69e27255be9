"""Sound files as they come from outside: real ones, made by PyAV, and what only looks like one."""

import io
import math
import struct
import wave

import av
import numpy as np
import pytest

from callbox.audio.playout import sound_file
from callbox_device.model import pcm

TONE_HZ = 600


def tone(seconds, rate_hz=48_000, channels=1):
    frames = np.sin(2 * math.pi * TONE_HZ * np.arange(int(seconds * rate_hz)) / rate_hz)
    return np.repeat((frames * 16_000).astype("<i2"), channels).tobytes()


def wav(seconds, rate_hz=48_000, channels=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        writer.writeframes(tone(seconds, rate_hz, channels))
    return file.getvalue()


def encoded(container, codec, seconds, rate_hz=48_000):
    file = io.BytesIO()
    with av.open(file, "w", format=container) as writer:
        stream = writer.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.frombuffer(tone(seconds, rate_hz), "<i2")[None], "s16", "mono")
        frame.sample_rate = rate_hz
        for piece in (*av.AudioResampler(stream.format.name, stream.layout.name, rate_hz, 960).resample(frame), None):
            writer.mux(stream.encode(piece))
    return file.getvalue()


def adpcm():
    """A WAV file of another codec than PCM."""
    header = struct.pack("<4sIHHIIHHHH", b"fmt ", 20, 0x11, 1, 8000, 4055, 256, 4, 2, 505)
    body = b"WAVE" + header + struct.pack("<4sI", b"data", 1024) + bytes(1024)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def decoded(data, volume_percent=100, max_s=60.0):
    periods = [period for some in sound_file.decode(data, volume_percent, max_s) for period in some]
    assert {len(period) for period in periods} <= {pcm.PLAYBACK_PERIOD_BYTES}
    return np.frombuffer(b"".join(periods), "<i2")


SOUNDS = {
    "wav": wav(1.0),
    "narrow wav": wav(1.0, 8_000),
    "stereo wav": wav(1.0, 44_100, 2),
    "opus": encoded("ogg", "libopus", 1.0),
    "mp3": encoded("mp3", "libmp3lame", 1.0, 44_100),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_what_it_was(name):
    sound = decoded(SOUNDS[name])
    assert len(sound) / pcm.RATE_HZ == pytest.approx(1.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * pcm.RATE_HZ / len(sound) == pytest.approx(TONE_HZ, abs=5)
    assert np.max(np.abs(sound[4800:-9600].astype(int))) == pytest.approx(16_000, rel=0.1)


def test_its_volume_and_its_length_are_bounded():
    assert np.max(decoded(SOUNDS["wav"], volume_percent=25)) == pytest.approx(4_000, rel=0.01)
    assert len(decoded(wav(3.0), max_s=0.105)) / pcm.RATE_HZ == pytest.approx(0.11)


def test_a_decoder_that_takes_too_long_is_ended():
    times = iter(range(0, 10_000, 50))
    with pytest.raises(ValueError, match="more than 60 s to decode"):
        list(sound_file.decode(wav(1.0), 100, 60.0, lambda: next(times)))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no WAV, Ogg Opus or MP3"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no WAV, Ogg Opus or MP3"),
        (b"RIFF\0\0\0\0WAVE", "can't be decoded|no sound"),
        (SOUNDS["wav"][:40], "can't be decoded|no sound"),
        (b"OggS" + bytes(200), "can't be decoded"),
        (b"\xff\xfb" + bytes(4000), "can't be decoded|no sound"),
        (adpcm(), "the sound is adpcm_ima_wav"),
        (wav(0.1, channels=12), "has 12 channels"),
    ],
)
def test_what_is_no_such_sound_is_refused(data, says):
    with pytest.raises(ValueError, match=says):
        list(sound_file.decode(data, 100, 60.0))


def test_a_file_that_is_cut_off_is_played_as_far_as_it_goes():
    assert 0.3 < len(decoded(SOUNDS["mp3"][: len(SOUNDS["mp3"]) // 2])) / pcm.RATE_HZ < 0.7
