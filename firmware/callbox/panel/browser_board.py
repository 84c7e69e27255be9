"""The board whose button, lamps and sound live in a page; and how a lamp of any board is watched."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from callbox.audio.wav_media import speech
from callbox.panel.browser_audio import FAR, FarMicrophone, FarSpeaker
from callbox.panel.device_switch import SwitchedMicrophone, SwitchedSpeaker
from callbox_device.interfaces import Lamp, PcmInfo
from callbox_device.simulated import SimulatedButton, SimulatedMicrophone, SimulatedSpeaker

RECORDED = PcmInfo("recorded", "a recorded sentence")
FILE = PcmInfo("file", "a WAV file")

Send = Callable[[dict[str, str] | bytes], None]
"""To the page that lends its sound. Event loop only."""


class WatchedLamp:
    """A lamp, and who wants to know how bright it is. The lamp comes first: what it can't show, nobody is told."""

    def __init__(self, lamp: Lamp, tell: Callable[[float], None]) -> None:
        self._lamp = lamp
        self._tell = tell

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`."""
        self._lamp.set(brightness)
        self._tell(brightness)

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
        self._lamp.close()
        self._tell(0.0)


class PageBoard:
    """Button, microphone and loudspeaker of a box in a page. Make it in the running loop.

    Until a page lends its sound the microphone hears `sentence`, a WAV file, from each press on, and the loudspeaker
    plays into `answer`, or remembers the last minute.
    """

    def __init__(self, sentence: Path, answer: Path | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self.button = SimulatedButton()
        self.far_microphone, self.far_speaker = FarMicrophone(), FarSpeaker()
        self.microphone = SwitchedMicrophone(
            {RECORDED: SimulatedMicrophone(speech(sentence)), FAR: self.far_microphone}
        )
        self.speaker = SwitchedSpeaker({FILE: SimulatedSpeaker(answer), FAR: self.far_speaker})
        self._lenders: tuple[_PageLender, _PageLender] | None = None

    def lend(self, send: Send) -> None:
        """The page that `send` goes to lends its sound; another one's is given back."""
        if self.is_lent_by(send):
            return
        self._lenders = (_PageLender("microphone", send, self._loop), _PageLender("speaker", send, self._loop))
        self.far_microphone.lend(self._lenders[0])
        self.far_speaker.lend(self._lenders[1])

    def give_back(self, send: Send) -> None:
        """The page that `send` goes to is gone."""
        if self.is_lent_by(send):
            self._lenders = None
            self.far_microphone.lend(None)
            self.far_speaker.lend(None)

    def be_local(self) -> None:
        """Nobody lends any sound: the next call works without."""
        self.microphone.use(RECORDED.name)
        self.speaker.use(FILE.name)

    def is_lent_by(self, send: Send) -> bool:
        """Whether it is this page that lends its sound."""
        return self._lenders is not None and self._lenders[0].send == send

    @property
    def is_far(self) -> bool:
        """Whether the next call wants a page's microphone or loudspeaker."""
        return FAR.name in (self.microphone.device, self.speaker.device)

    @property
    def is_lent(self) -> bool:
        """Whether any page lends its sound."""
        return self._lenders is not None


class _PageLender:
    """Fulfils `browser_audio.Lender`: from the part's thread into the event loop."""

    def __init__(self, part: str, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.send = send
        self._part = part
        self._loop = loop

    def open(self) -> None:
        self._post({"type": "open", "part": self._part})

    def close(self) -> None:
        self._post({"type": "close", "part": self._part})

    def play(self, period: bytes) -> None:
        self._post(period)

    def flush(self) -> None:
        self._post({"type": "flush"})

    def _post(self, message: dict[str, str] | bytes) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.send, message)
