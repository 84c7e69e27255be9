"""The room that the box stands in: the other side of the loop, and what the kernel says of the microphone."""

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from tests.system.hardware.gpio_actor import level

from callbox_device.model import pcm

if TYPE_CHECKING:
    import alsaaudio

PROC = Path("/proc/asound")
THIN_HZ = 8000
PERIOD_FRAMES = pcm.RATE_HZ * 20 // 1000
IN_THE_BOX = "hw:CARD=Loopback,DEV=1,SUBDEV=0"
IN_THE_ROOM = "hw:CARD=Loopback,DEV=0,SUBDEV=0"


def opened(direction: int, device: str, periods: int = 8) -> "alsaaudio.PCM":
    """A PCM in the box's own format, with a buffer of so many periods."""
    import alsaaudio  # late: `make test` reads this folder's tests without it

    return alsaaudio.PCM(
        type=direction,
        rate=pcm.RATE_HZ,
        channels=1,
        format=alsaaudio.PCM_FORMAT_S16_LE,
        periodsize=PERIOD_FRAMES,
        periods=periods,
        device=device,
    )


class Room:
    """``with Room() as room``: a loudspeaker before the microphone, silent until `say`, and a microphone before the loudspeaker.

    Both open the loop again until it is there.
    """

    def __init__(self) -> None:
        self.recording = bytearray()
        """All that the loudspeaker played while it was recorded."""
        self._to_say = b""
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._be, args=[work]) for work in (self._mouth, self._receiver)]

    def say(self, sound: bytes) -> None:
        """From now on, in real time."""
        self._to_say = sound

    @property
    def is_speaking(self) -> bool:
        return bool(self._to_say)

    def _be(self, work) -> None:
        import alsaaudio

        while not self._done.is_set():
            try:
                work()
            except alsaaudio.ALSAAudioError:  # pulled out
                time.sleep(0.05)

    def _mouth(self) -> None:
        import alsaaudio

        device = opened(alsaaudio.PCM_PLAYBACK, IN_THE_ROOM)
        size = PERIOD_FRAMES * 2
        try:
            while not self._done.is_set():
                device.write(self._to_say[:size].ljust(size, b"\0"))
                self._to_say = self._to_say[size:]
        finally:
            device.close()

    def _receiver(self) -> None:
        import alsaaudio

        device = opened(alsaaudio.PCM_CAPTURE, IN_THE_ROOM)
        try:
            while not self._done.is_set():
                frames, sound = device.read()
                if frames > 0:
                    self.recording += sound
        finally:
            device.close()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(timeout=10)


class MicrophoneWatch:
    """Looks at the microphone's lamp and at its PCM every millisecond or so, from a thread."""

    def __init__(self, lamp: int) -> None:
        self.dark_s: list[float] = []
        """Each time that the lamp was dark while the PCM was RUNNING: from the first look that found it to the last."""
        self.lit_s: list[float] = []
        """Each time that it was lit while the PCM was not: it is opening or closing, or has overrun."""
        self.captures = 0
        """How often the PCM came to run."""
        self.looks = 0
        self._lamp = lamp
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        began_s, before = 0.0, (False, False)
        while not self._done.wait(0.001):
            lit, runs, lit_after = level(self._lamp), is_captured(), level(self._lamp)
            now_s = time.monotonic()
            self.looks += 1
            if lit != lit_after:
                continue
            self.captures += runs and not before[1]
            if lit != runs:
                times = self.dark_s if runs else self.lit_s
                if (bool(lit), runs) != before:
                    began_s = now_s
                    times.append(0.0)
                times[-1] = now_s - began_s
            before = (bool(lit), runs)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def is_captured() -> bool:
    """Whether the kernel says that the box's microphone runs."""
    try:
        return "RUNNING" in (PROC / "Loopback/pcm1c/sub0/status").read_text()
    except OSError:  # pulled out
        return False


def likeness(spoken: bytes, recorded: bytes) -> float:
    """How well half of the half seconds of `spoken` are found in `recorded`, each at a delay of its own; 1: the same.

    By waveform, up to 4 kHz: a page of memory is dear in the virtual Pi.
    """
    wanted, recording = (_thinned(sound) for sound in (spoken, recorded))
    size = 1 << (THIN_HZ // 2 + len(recording)).bit_length()
    spectrum = np.fft.rfft(recording, size)
    energy = np.concatenate(([0.0], np.cumsum(recording**2)))
    found = []
    for place in range(0, len(wanted) - THIN_HZ // 2 + 1, THIN_HZ // 2):
        piece = wanted[place : place + THIN_HZ // 2]
        product = np.fft.irfft(spectrum * np.fft.rfft(piece, size).conj(), size)[: len(recording) - len(piece)]
        strength = np.sqrt((energy[len(piece) :][: len(product)] - energy[: len(product)]) * np.sum(piece**2))
        found.append(float(np.max(np.abs(product) / (strength + 1))))
    return float(np.median(found))


def _thinned(sound: bytes) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    samples = np.frombuffer(sound, "<i2").astype(float)
    every = pcm.RATE_HZ // THIN_HZ
    thin: np.ndarray[tuple[int], np.dtype[np.float64]] = (
        samples[: len(samples) // every * every].reshape(-1, every).mean(1)
    )
    return thin
