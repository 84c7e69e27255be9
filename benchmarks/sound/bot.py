"""The other end of every call: stock aiortc that says the speech and keeps what it hears.

``python -m benchmarks.sound.bot HOST FOLDER SPEECH.wav [echo]``: one line of JSON when it listens, one when a call's
speech is over. With ``echo`` it says back at once what it hears, for as long as the speech lasts.
"""

import asyncio
import sys
import time
from pathlib import Path

import aiortc.rtcdtlstransport

from benchmarks.sound.playout_recorder import PlayoutRecorder, tell
from callbox.demo.bot import Call, EchoBot
from callbox.demo.echo_speech import EchoSpeaker
from callbox.rtvi.protocol.messages import Message
from callbox_device.model import pcm
from callbox_device.wav import read_wav

PAUSE_S = 1.0
"""From client-ready to the first word."""
TAIL_S = 2.5
"""After the last word: what is late may still come."""


class Voice(EchoSpeaker):
    """The recording, then silence; or what is received, as it is received."""

    def __init__(self, recording: bytes, *, echo: bool) -> None:
        super().__init__(lambda *_: None)
        self._recording, self._at = recording, 0
        self._echo = bytearray() if echo else None
        self._begin_s = float("inf")
        self.receiver = PlayoutRecorder()
        self.spoke_s = 0.0
        """When the first sample of the recording was handed to aiortc."""

    def begin(self) -> None:
        """The client is ready."""
        self._begin_s = time.monotonic() + PAUSE_S

    def receive(self, sound: bytes) -> None:
        self.receiver.receive(sound)
        if self._echo is not None:
            self._echo += sound

    def next_period(self) -> bytes:
        if self._echo is not None:
            piece = bytes(self._echo[: pcm.PERIOD_BYTES])
            del self._echo[: pcm.PERIOD_BYTES]
        elif time.monotonic() < self._begin_s:
            return pcm.SILENT_PERIOD
        else:
            self.spoke_s = self.spoke_s or time.monotonic()
            piece = self._recording[self._at : self._at + pcm.PERIOD_BYTES]
            self._at += pcm.PERIOD_BYTES
        return piece.ljust(pcm.PERIOD_BYTES, b"\0")


class SpeakingCall(Call):
    """Says the recording once."""

    def __init__(self, folder: Path, recording: bytes, *, echo: bool) -> None:
        super().__init__()
        self._folder, self._recording = folder, recording
        self._echo: Voice = Voice(recording, echo=echo)
        self._saying: asyncio.Task[None] | None = None

    def on_message(self, message: Message) -> None:
        super().on_message(message)
        if message.type == "client-ready" and not self._saying:
            self._saying = asyncio.create_task(self._say(len(self._recording)))

    async def _say(self, size: int) -> None:
        self._echo.begin()
        await asyncio.sleep(PAUSE_S + size / pcm.BYTES_PER_FRAME / pcm.RATE_HZ + TAIL_S)
        received = self._folder / "bot.wav"
        received_s = await asyncio.to_thread(self._echo.receiver.write, received)
        tell(spoke_s=self._echo.spoke_s, received=received, received_s=received_s)


class SpeakingBot(EchoBot):
    def __init__(self, folder: Path, recording: bytes, *, echo: bool) -> None:
        super().__init__()
        self._folder, self._recording, self._echo = folder, recording, echo

    def new_call(self) -> Call:
        return SpeakingCall(self._folder, self._recording, echo=self._echo)


def allow_rsa() -> None:
    """GStreamer's webrtcbin has an RSA certificate; aiortc, as a DTLS client, offers ciphers for ECDSA only."""
    certificate = aiortc.rtcdtlstransport.RTCCertificate
    make = certificate._create_ssl_context

    def create(self, srtp_profiles):  # type: ignore[no-untyped-def]
        context = make(self, srtp_profiles)
        context.set_cipher_list(b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA")
        return context

    certificate._create_ssl_context = create  # type: ignore[method-assign]


async def main() -> None:
    host, folder, recording = sys.argv[1:4]
    allow_rsa()
    bot = SpeakingBot(Path(folder), read_wav(Path(recording)), echo="echo" in sys.argv)
    await bot.start(host)
    tell(start_url=bot.url, offer_url=bot.offer_url)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
