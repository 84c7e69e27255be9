"""Rooms made by arithmetic, in which a microphone captures a loudspeaker; and cards whose times jitter.

Everything from fixed seeds. One voice comes from the loudspeaker for 45 s; from `TALK_S` on a second voice speaks in
the room, weaker than the echo.
"""

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callbox.audio.echo.far_end_reference import FarEndReference
from callbox_device.model import pcm

Sound = npt.NDArray[np.float64]
"""-1 to 1, 48 kHz."""
LENGTH_S = 45
TALK_S = 32
TALK_END_S = 41
NEAR_BELOW_ECHO_DB = 8.5
CARD_MS = 60
"""Between a period's being handed to the loudspeaker's card and being played."""
SPEECH = Path(__file__).parents[2] / "firmware/callbox/assets/speech.wav"
_FAR_TEXT = (
    "The impairment tomorrow will be mild, with some rain in the afternoon. In the evening it clears up from the west. "
    "Your next appointment is on Thursday at half past nine with the dentist in Station Road. Shall I remind you an "
    "hour before? There are also three new messages; the first one is from your sister, who asks whether you could "
    "bring the large suitcase on Sunday. The second is about the heating, which will be serviced next week. "
)
_NEAR_TEXT = (
    "Wait a moment, please. I would rather like to receive the third message first, and then you can tell me about the "
    "suitcase again, because I think my sister means the blue one."
)


@dataclass(frozen=True, slots=True)
class Room:
    """What was sent to the loudspeaker, and what the microphone then captured."""

    name: str
    far: Sound
    """As given to the card."""
    mic: Sound
    near: Sound
    """The person's part of `mic`."""
    received_s: Callable[[int], float]
    """When the sample of `far` with this number was really played; what the card reports is this, with jitter."""


def voices(*, with_espeak: bool = True) -> tuple[Sound, Sound]:
    """The bot's and the person's speech. Without espeak-ng: the demo's recording, and the same backwards and lower."""
    if with_espeak and shutil.which("espeak-ng"):
        return _spoken("en-gb", 150, _FAR_TEXT), _spoken("en-us+f3", 165, _NEAR_TEXT)
    far = _read(SPEECH)
    return far, np.tile(_resampled(far[::-1], 1.15), 2)


def room(
    name: str,
    *,
    speech: tuple[Sound, Sound],
    delay_ms: float = 40,
    clip: float = 0,
    gain: float = 0.5,
    drift_ppm: float = 0,
    gap: tuple[float, float] | None = None,
    reports_gap: bool = True,
    length_s: float = LENGTH_S,
) -> Room:
    """One room.

    `clip`: how hard the loudspeaker is driven into its limits. `drift_ppm`: how much faster the loudspeaker's card
    runs. `gap`: at so many seconds the loudspeaker is silent for so many ms, and late by as much from then on; unless
    `reports_gap`, its card does not say so.
    """
    dice = np.random.default_rng(7)
    frames = int(length_s * pcm.RATE_HZ)
    far = np.resize(speech[0], frames)
    far *= 0.125 / np.sqrt(np.mean(far[np.abs(far) > 0.02 * np.abs(far).max()] ** 2))
    received = np.tanh(far * clip) / clip if clip else far
    gap_at, gap_frames = (round(gap[0] * pcm.RATE_HZ), round(gap[1] * pcm.RATE_HZ / 1000)) if gap else (frames, 0)
    received = np.concatenate([received[:gap_at], np.zeros(gap_frames), received[gap_at:]])[:frames]
    echo = _convolved(received, _response(dice, delay_ms, gain))
    speed = 1 + drift_ppm * 1e-6
    if drift_ppm:
        echo = np.interp(np.arange(frames) * speed, np.arange(frames), echo)
    near = np.zeros(frames)
    talk = slice(TALK_S * pcm.RATE_HZ, TALK_END_S * pcm.RATE_HZ)
    if frames >= talk.stop:
        near[talk] = np.resize(speech[1], talk.stop - talk.start)
        near[talk] *= np.sqrt(np.mean(echo[talk] ** 2) / np.mean(near[talk] ** 2)) * 10 ** (-NEAR_BELOW_ECHO_DB / 20)
    noise = dice.standard_normal(frames) * 10 ** (-65 / 20)

    def received_s(frame: int) -> float:
        late = gap_frames if reports_gap and frame >= gap_at else 0
        return (frame + late) / pcm.RATE_HZ / speed

    return Room(name, far, echo + near + noise, near, received_s)


def rooms(speech: tuple[Sound, Sound]) -> Iterator[Room]:
    """The rooms of the benchmark."""
    yield room("linear", speech=speech)
    yield room("clipped loudspeaker", speech=speech, clip=4.0, gain=0.7)
    yield room("150 ms away", speech=speech, delay_ms=150)
    yield room("drift 100 ppm", speech=speech, drift_ppm=100)
    yield room("+40 ms, card tells", speech=speech, gap=(20, 40))
    yield room("+40 ms, untold", speech=speech, gap=(20, 40), reports_gap=False)


def to_pcm(sound: Sound) -> bytes:
    """s16le."""
    return np.clip(np.round(sound * 32768), -32768, 32767).astype("<i2").tobytes()


def from_pcm(sound: bytes) -> Sound:
    """From s16le."""
    return np.frombuffer(sound, "<i2").astype(np.float64) / 32768


class Cards:
    """A loudspeaker's and a microphone's card playing a room, without waiting.

    The times they tell are off by `jitter_ms` (one sigma), and each fiftieth by up to `spike_ms` more, late.
    """

    BEGAN_S = 1000.0

    def __init__(self, place: Room, *, jitter_ms: float = 1.5, spike_ms: float = 10.0, seed: int = 1) -> None:
        self._room = place
        self._dice = np.random.default_rng(seed)
        self._jitter_ms, self._spike_ms = jitter_ms, spike_ms
        self.now_s = self.BEGAN_S

    def clock_s(self) -> float:
        """The machine's clock, for `FarEndReference`."""
        return self.now_s

    def run(self, reference: FarEndReference, process: Callable[[bytes, float], bytes]) -> Sound:
        """What comes out of `process` when the room is played from beginning to end."""
        far, mic, out = to_pcm(self._room.far), to_pcm(self._room.mic), bytearray()
        given = 0
        for start in range(0, len(mic) - pcm.PERIOD_BYTES + 1, pcm.PERIOD_BYTES):
            captured_s = start / pcm.BYTES_PER_FRAME / pcm.RATE_HZ
            now_s = captured_s + pcm.PERIOD_MS / 1000
            while given < len(far):
                received_s = self._room.received_s(given // pcm.BYTES_PER_FRAME)
                if received_s - CARD_MS / 1000 > now_s:
                    break
                self.now_s = self.BEGAN_S + received_s - CARD_MS / 1000
                period = far[given : given + pcm.PLAYBACK_PERIOD_BYTES].ljust(pcm.PLAYBACK_PERIOD_BYTES, b"\0")
                reference.played(period, self.BEGAN_S + received_s + self._off_s())
                given += len(period)
            self.now_s = self.BEGAN_S + now_s
            out += process(mic[start : start + pcm.PERIOD_BYTES], self.BEGAN_S + captured_s + self._off_s())
        return from_pcm(bytes(out))

    def _off_s(self) -> float:
        spike_ms = self._dice.uniform(0, self._spike_ms) if self._dice.random() < 0.02 else 0.0
        return float(self._dice.normal(0, self._jitter_ms) + spike_ms) / 1000


class DriftingCards:
    """Two cards with clocks of their own in the linear room, for hours: the same speech again and again.

    `speaker_ppm`, `microphone_ppm`: how much faster than the computer's each clock runs. Their times jitter as those of
    `Cards`.
    """

    def __init__(self, speech: Sound, *, speaker_ppm: float, microphone_ppm: float, seed: int = 1) -> None:
        frames = len(speech) // pcm.PLAYBACK_PERIOD_FRAMES * pcm.PLAYBACK_PERIOD_FRAMES
        far = speech[:frames] * (0.125 / np.sqrt(np.mean(speech[np.abs(speech) > 0.02 * np.abs(speech).max()] ** 2)))
        response = _response(np.random.default_rng(7), 40, 0.5)
        echo = np.fft.irfft(np.fft.rfft(far) * np.fft.rfft(response, frames), frames)
        self._far, self._frames = to_pcm(far), frames
        self._echo = np.concatenate([echo, echo[:1]])  # it begins anew
        self._speaker, self._microphone = 1 + speaker_ppm * 1e-6, 1 + microphone_ppm * 1e-6
        self._dice = np.random.default_rng(seed)
        self._now_s = 0.0

    def clock_s(self) -> float:
        """The machine's clock, for `FarEndReference`."""
        return self._now_s

    def erle_db(
        self, reference: FarEndReference, process: Callable[[bytes, float], bytes], length_s: float, every_s: float
    ) -> list[float]:
        """ERLE in each `every_s` of a call of `length_s`."""
        found: list[float] = []
        came = left = 0.0
        given = 0
        for number in range(1, int(length_s * 1000 / pcm.PERIOD_MS) + 1):
            start = (number - 1) * pcm.PERIOD_FRAMES
            captured_s = start / pcm.RATE_HZ / self._microphone
            now_s = captured_s + pcm.PERIOD_MS / 1000
            while (received_s := given / pcm.RATE_HZ / self._speaker) - CARD_MS / 1000 <= now_s:
                self._now_s = received_s - CARD_MS / 1000
                at = given % self._frames * pcm.BYTES_PER_FRAME
                reference.played(self._far[at : at + pcm.PLAYBACK_PERIOD_BYTES], received_s + self._off_s())
                given += pcm.PLAYBACK_PERIOD_FRAMES
            self._now_s = now_s
            mic = self._captured(start)
            out = from_pcm(process(to_pcm(mic), captured_s + self._off_s()))
            came += float(np.mean(mic**2))
            left += float(np.mean(out**2))
            if number % int(every_s * 1000 / pcm.PERIOD_MS) == 0:
                found.append(float(10 * np.log10(came / (left + 1e-12))))
                came = left = 0.0
        return found

    def _captured(self, start: int) -> Sound:
        place = (start + np.arange(pcm.PERIOD_FRAMES)) * (self._speaker / self._microphone) % self._frames
        before = place.astype(np.int64)
        share = place - before
        noise = self._dice.standard_normal(pcm.PERIOD_FRAMES) * 10 ** (-65 / 20)
        captured: Sound = self._echo[before] * (1 - share) + self._echo[before + 1] * share + noise
        return captured

    def _off_s(self) -> float:
        spike_ms = self._dice.uniform(0, 10) if self._dice.random() < 0.02 else 0.0
        return float(self._dice.normal(0, 1.5) + spike_ms) / 1000


# -- what came of it ---------------------------------------------------------------------------------------------------


def erle_db(place: Room, out: Sound, from_s: float = 15, to_s: float = 31) -> float:
    """Echo return loss enhancement: how much weaker what is sent is than what the microphone captured."""
    part = slice(int(from_s * pcm.RATE_HZ), int(to_s * pcm.RATE_HZ))
    return float(10 * np.log10(np.mean(place.mic[part] ** 2) / (np.mean(out[part] ** 2) + 1e-12)))


def near_kept(place: Room, out: Sound) -> tuple[float, float]:
    """In double talk: the level (dB) at which the person's voice is found in `out`, and its SI-SDR there (dB)."""
    first, last = TALK_S * pcm.RATE_HZ, TALK_END_S * pcm.RATE_HZ
    near = place.near[first:last]
    shifts = range(0, pcm.RATE_HZ // 40, 6)  # the processing's own delay
    found = max((out[first + shift : last + shift] for shift in shifts), key=lambda part: float(part @ near))
    share = float(found @ near) / float(near @ near)
    rest = found - share * near
    level = 20 * np.log10(max(share, 1e-6))
    return float(level), float(10 * np.log10((np.sum((share * near) ** 2) + 1e-12) / (np.sum(rest**2) + 1e-12)))


# ----------------------------------------------------------------------------------------------------------------------


def _response(dice: np.random.Generator, delay_ms: float, gain: float) -> Sound:
    """A direct sound and a noise that dies away within 120 ms, through a small loudspeaker, `delay_ms` late."""
    frames = int(0.12 * pcm.RATE_HZ)
    tail = dice.standard_normal(frames) * np.exp(-np.arange(frames) / (0.025 * pcm.RATE_HZ))
    tail[0] = 3.0
    spectrum = np.fft.rfft(tail, 1 << 16)
    hz = np.maximum(np.fft.rfftfreq(1 << 16, 1 / pcm.RATE_HZ), 1)
    spectrum = spectrum / (1 + (200 / hz) ** 4) / (1 + (hz / 9000) ** 6)
    response = np.fft.irfft(spectrum)[:frames]
    response *= gain / np.sqrt(np.sum(response**2))
    return np.concatenate([np.zeros(int(delay_ms * pcm.RATE_HZ / 1000)), response])


def _convolved(sound: Sound, response: Sound) -> Sound:
    size = 1 << (len(sound) + len(response)).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)]


def _resampled(sound: Sound, ratio: float) -> Sound:
    """`sound` with `ratio` times as many samples."""
    frames = round(len(sound) * ratio)
    spectrum = np.fft.rfft(sound)
    wanted = np.zeros(frames // 2 + 1, complex)
    shared = min(len(spectrum), len(wanted))
    wanted[:shared] = spectrum[:shared]
    return np.fft.irfft(wanted, frames) * ratio


def _read(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        sound, rate_hz = from_pcm(file.readframes(file.getnframes())), file.getframerate()
    return _resampled(sound, pcm.RATE_HZ / rate_hz)


def _spoken(voice: str, words_a_minute: int, text: str) -> Sound:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(words_a_minute), "-w", file.name, text], check=True)
        return _read(Path(file.name))
