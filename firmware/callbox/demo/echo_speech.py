"""What the demo bot does with sound: listens, and when the caller pauses, says it back."""

import asyncio
import time
from collections.abc import Callable

import av
from aiortc import MediaStreamTrack

from callbox.demo.segmenter import Started, Utterances
from callbox.transports.tracks import audio_frame
from callbox_device.model import pcm

Tell = Callable[[str, object], None]


class Parrot:
    """One caller's conversation: sound in by `hear`, sound out by `speak`, RTVI messages by `tell`."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._utterances = Utterances(pcm.RATE_HZ)
        self._to_say = b""
        self._speaking = False

    def hear(self, sound: bytes) -> None:
        """The caller's sound, s16le mono 48 kHz."""
        for event in self._utterances.feed(sound):
            if isinstance(event, Started):
                self._interrupt()
                self._tell("user-started-speaking", None)
            else:
                self._tell("user-stopped-speaking", None)
                self._tell("bot-tts-text", {"text": f"I heard you for {event.duration_s:.1f} seconds. You said:"})
                self._to_say = event.sound

    def speak(self) -> bytes:
        """The next 20 ms to be sent; silence when there is nothing to say."""
        piece, self._to_say = self._to_say[: pcm.PERIOD_BYTES], self._to_say[pcm.PERIOD_BYTES :]
        if bool(piece) != self._speaking:
            self._speaking = bool(piece)
            self._tell("bot-started-speaking" if piece else "bot-stopped-speaking", None)
        return piece.ljust(pcm.PERIOD_BYTES, b"\0")

    def _interrupt(self) -> None:
        if self._to_say:
            self._to_say = b""
            self._tell("bot-interrupted", None)


class VoiceTrack(MediaStreamTrack):
    """The parrot's voice, a frame each 20 ms."""

    kind = "audio"

    def __init__(self, parrot: Parrot) -> None:
        super().__init__()
        self._parrot = parrot
        self._began_s: float | None = None
        self._pts = 0

    async def recv(self) -> av.AudioFrame:
        """The next frame, when its time has come."""
        if self._began_s is None:
            self._began_s = time.monotonic()
        await asyncio.sleep(self._began_s + self._pts / pcm.RATE_HZ - time.monotonic())
        frame = audio_frame(self._parrot.speak(), self._pts)
        self._pts += pcm.PERIOD_FRAMES
        return frame
