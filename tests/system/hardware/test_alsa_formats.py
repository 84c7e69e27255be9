"""Cards as they are: 16 kHz only, four to eight channels. The other end of snd-aloop says what a card has."""

import threading
import time

import numpy as np
import pytest

from callbox_device.alsa import open_pcm
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker
from callbox_device.model import pcm

pytestmark = pytest.mark.vpi

RATE_HZ = 16_000
PERIOD_FRAMES = RATE_HZ // 50
AMPLITUDE = 8_000
PATIENCE_S = 20
TONES_HZ = [400 + 300 * channel for channel in range(8)]


@pytest.fixture(autouse=True)
def unknown_cards():
    open_pcm._offers.clear()


class OtherEnd:
    """The end of the loop that a card's maker would have: it decides rate and channels. One thread."""

    def __init__(self, direction, device, channels):
        import alsaaudio  # late: `make test` reads this folder's tests without it

        kind = {"plays": alsaaudio.PCM_PLAYBACK, "captures": alsaaudio.PCM_CAPTURE}[direction]
        self._pcm = alsaaudio.PCM(
            kind, device=device, rate=RATE_HZ, channels=channels, periodsize=PERIOD_FRAMES, periods=8
        )
        self._channels = channels
        self._is_over = threading.Event()
        self.captured: list[bytes] = []
        work = self._play if direction == "plays" else self._capture
        self._thread = threading.Thread(target=work, daemon=True)

    def _play(self):
        turns = 2 * np.pi * np.arange(RATE_HZ)[:, None] * np.array(TONES_HZ[: self._channels]) / RATE_HZ
        second = np.round(AMPLITUDE * np.sin(turns)).astype("<i2")
        place = 0
        while not self._is_over.is_set():
            self._pcm.write(second[place : place + PERIOD_FRAMES].tobytes())
            place = (place + PERIOD_FRAMES) % RATE_HZ

    def _capture(self):
        while not self._is_over.is_set():
            length, sound = self._pcm.read()
            if length > 0:
                self.captured.append(sound)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()
        self._pcm.close()


def spectrum_db(sound, rate_hz, hz):
    """Level at `hz` against the loudest frequency."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    place = round(hz * len(sound) / rate_hz)
    return 10 * np.log10(power[place - 3 : place + 4].max() / power.max() + 1e-12)


def captured_by(microphone):
    """The second second of what it captures."""
    periods: list[bytes] = []
    failures: list[Exception] = []
    microphone.start(lambda period, _: periods.append(period), failures.append).result(PATIENCE_S)
    end_s = time.monotonic() + PATIENCE_S
    while len(periods) < 100 and time.monotonic() < end_s:
        time.sleep(0.02)
    microphone.stop().result(PATIENCE_S)
    assert not failures
    return np.frombuffer(b"".join(periods[50:100]), "<i2").astype(float)


@pytest.mark.parametrize(("channels", "channel"), [(1, None), (4, 1), (4, 4), (6, 5), (8, 8)])
@pytest.mark.parametrize("device", ["plughw:CARD=Loopback,DEV=1", "hw:CARD=Loopback,DEV=1"])
def test_a_channel_of_a_card_of_16_khz_is_captured_clean(device, channels, channel):
    with OtherEnd("plays", "hw:CARD=Loopback,DEV=0", channels):
        sound = captured_by(AlsaMicrophone(device, channel=channel))
    wanted_hz = TONES_HZ[(channel or 1) - 1]
    assert spectrum_db(sound, pcm.RATE_HZ, wanted_hz) > -0.1
    others_hz = [hz for hz in TONES_HZ[:channels] if hz != wanted_hz]
    images_hz = [RATE_HZ - wanted_hz, RATE_HZ + wanted_hz]
    assert max(spectrum_db(sound, pcm.RATE_HZ, hz) for hz in (*others_hz, *images_hz)) < -40


@pytest.mark.parametrize("device", ["plughw:CARD=Loopback,DEV=0", "hw:CARD=Loopback,DEV=0"])
def test_a_card_of_16_khz_plays_without_what_it_cant_have(device):
    turns = 2 * np.pi * np.arange(pcm.RATE_HZ) / pcm.RATE_HZ
    second = np.round(AMPLITUDE * (np.sin(3_000 * turns) + np.sin(11_000 * turns))).astype("<i2")
    place = 0

    def fill(_):
        nonlocal place
        period = second[place : place + pcm.PLAYBACK_PERIOD_FRAMES].tobytes()
        place = (place + pcm.PLAYBACK_PERIOD_FRAMES) % pcm.RATE_HZ
        return period

    with OtherEnd("captures", "hw:CARD=Loopback,DEV=1", 2) as end:
        speaker = AlsaSpeaker(device)
        speaker.start(fill, print).result(PATIENCE_S)
        end_s = time.monotonic() + PATIENCE_S
        while sum(map(len, end.captured)) < 3 * RATE_HZ * 4 and time.monotonic() < end_s:
            time.sleep(0.02)
        speaker.stop().result(PATIENCE_S)
    sound = np.frombuffer(b"".join(end.captured), "<i2").astype(float)[2 * RATE_HZ : 4 * RATE_HZ : 2]
    assert spectrum_db(sound, RATE_HZ, 3_000) > -0.1
    assert spectrum_db(sound, RATE_HZ, 16_000 - 11_000) < -40  # where it would be folded to
