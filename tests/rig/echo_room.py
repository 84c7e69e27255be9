"""A room in memory, in which the microphone captures the loudspeaker's echo and what a person says."""

import threading
import time

import numpy as np

from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

REFLECTIONS = {40: 0.4, 43: -0.15, 48: 0.1, 57: -0.08, 71: 0.05, 90: -0.03}
"""Level of the echo by its delay in ms."""
_KEPT_FRAMES = 4 * pcm.RATE_HZ


class EchoRoom:
    """`microphone` and `speaker` of one room, in the time of their periods: a thread that is late changes no sound, as
    long as it is late by less than the echo's delay.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began_s = time.monotonic() - 1
        self._audible = np.zeros(_KEPT_FRAMES, np.int16)
        """Ring, by the time at which it is audible."""
        self._spoken = b""
        self.played = bytearray()
        """All that the loudspeaker played."""
        self.speaker: SimulatedSpeaker = _RoomSpeaker(self)
        self.microphone: SimulatedMicrophone = _RoomMicrophone(self)

    def say(self, sound: bytes) -> None:
        """Let a person say `sound`, s16le mono 48 kHz, from the next period on."""
        with self._lock:
            self._spoken = sound

    def play(self, period: bytes, audible_s: float) -> None:
        """The loudspeaker's thread: `period` is audible from `audible_s` on."""
        with self._lock:
            self.played += period
            self._audible[self._places(audible_s, len(period) // pcm.BYTES_PER_FRAME)] = np.frombuffer(period, "<i2")

    def capture(self, captured_s: float) -> bytes:
        """The microphone's thread: 20 ms from `captured_s` on."""
        with self._lock:
            sound, self._spoken = self._spoken[: pcm.PERIOD_BYTES], self._spoken[pcm.PERIOD_BYTES :]
            captured = np.frombuffer(sound.ljust(pcm.PERIOD_BYTES, b"\0"), "<i2").astype(float)
            for delay_ms, level in REFLECTIONS.items():
                captured += level * self._audible[self._places(captured_s - delay_ms / 1000, pcm.PERIOD_FRAMES)]
            # What was played a lap ago isn't heard again.
            self._audible[self._places(captured_s - 1, pcm.PERIOD_FRAMES)] = 0
        captured_pcm: bytes = np.clip(captured, -32768, 32767).astype("<i2").tobytes()
        return captured_pcm

    def _places(self, at_s: float, frames: int) -> np.ndarray:
        return (round((at_s - self._began_s) * pcm.RATE_HZ) + np.arange(frames)) % _KEPT_FRAMES


class _RoomSpeaker(SimulatedSpeaker):
    def __init__(self, room: EchoRoom) -> None:
        super().__init__()
        self._room = room

    def start(self, fill, failed):
        def filled(audible_s: float) -> bytes:
            period: bytes = fill(audible_s)
            self._room.play(period, audible_s)
            return period

        return super().start(filled, failed)


class _RoomMicrophone(SimulatedMicrophone):
    def __init__(self, room: EchoRoom) -> None:
        super().__init__()
        self._room = room

    def start(self, deliver, failed):
        return super().start(lambda _, captured_s: deliver(self._room.capture(captured_s), captured_s), failed)
