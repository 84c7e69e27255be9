"""Echo of the demo bot: after a pause it plays back what was said."""

import asyncio
import time
from collections.abc import Callable

import av
from aiortc import MediaStreamTrack

from callbox.demo.segmenter import Started, UtteranceSegmenter
from callbox.transports.tracks import two_channel_frame
from callbox_device.model import pcm

Tell = Callable[[str, object], None]


class EchoSpeaker:
    """Echo of one call: sound in by `receive`, sound out by `next_period`, RTVI messages by `tell`."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._utterances = UtteranceSegmenter(pcm.RATE_HZ)
        self._pending = b""
        self._speaking = False

    def receive(self, sound: bytes) -> None:
        """Take received sound, s16le mono 48 kHz."""
        for event in self._utterances.feed(sound):
            if isinstance(event, Started):
                self.interrupt()
                self._tell("user-started-speaking", None)
            else:
                self._tell("user-stopped-speaking", None)
                text = f"I heard you for {event.duration_s:.1f} seconds. You said:"
                self._tell("bot-output", {"text": text, "aggregated_by": "sentence", "will_be_spoken": True})
                self._tell("bot-tts-text", {"text": text})
                self._pending = event.sound

    def next_period(self) -> bytes:
        """The next 20 ms to be sent, 1920 bytes s16le mono 48 kHz; silence between utterances."""
        period, self._pending = self._pending[: pcm.PERIOD_BYTES], self._pending[pcm.PERIOD_BYTES :]
        if bool(period) != self._speaking:
            self._speaking = bool(period)
            self._tell("bot-started-speaking" if period else "bot-stopped-speaking", None)
        return period.ljust(pcm.PERIOD_BYTES, b"\0")

    def interrupt(self) -> None:
        """Say no more of what is being played back."""
        if self._pending:
            self._pending = b""
            self._tell("bot-interrupted", None)


class VoiceTrack(MediaStreamTrack):
    """Audio track of the bot, a frame each 20 ms."""

    kind = "audio"

    def __init__(self, echo: EchoSpeaker) -> None:
        super().__init__()
        self._echo = echo
        self._began_s: float | None = None
        self._pts = 0

    async def recv(self) -> av.AudioFrame:
        """The next frame, when its time has come."""
        if self._began_s is None:
            self._began_s = time.monotonic()
        await asyncio.sleep(self._began_s + self._pts / pcm.RATE_HZ - time.monotonic())
        frame = two_channel_frame(self._echo.next_period(), self._pts)
        self._pts += pcm.PERIOD_FRAMES
        return frame
