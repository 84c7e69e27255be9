"""Media of one of many calls: what it says is encoded once for all, nothing is played, and there are no threads."""

import asyncio
import functools
from collections import deque
from collections.abc import Sequence

from callbox.audio.opus import OpusEncoder
from callbox.probe.bot_sound import BotSound
from callbox.probe.model.segments import Segment, peak
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo, NetworkReport, OpusFrame
from callbox_device.model import pcm

_PERIOD_S = pcm.PERIOD_MS / 1000
_SILENCE = bytes(pcm.PERIOD_BYTES)


@functools.lru_cache(8)
def periods(sound: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Periods of `sound`, s16le mono 48 kHz, each as it is and encoded."""
    encoder = OpusEncoder()
    pieces = (sound[at : at + pcm.PERIOD_BYTES] for at in range(0, len(sound), pcm.PERIOD_BYTES))
    return tuple((piece, encoder.encode(piece)) for piece in pieces)


class LoadMedia:
    """Fulfils `ProbedMedia`, and `callbox.rtvi.media.OpusMedia`. Event loop only."""

    mic_enabled = True
    is_quiet = False
    concealed_percent = None

    def __init__(self) -> None:
        self.bot = BotSound()
        self.is_open = False
        self._begin_s: float | None = None
        """When the first period began."""
        self._sent = 0
        self._waiting: deque[tuple[bytes, bytes]] = deque()
        self._utterance: asyncio.Future[Segment] | None = None
        self._utterance_begin_s = 0.0
        self._peaks: list[float] = []

    @property
    def caller_peaks(self) -> list[float]:
        """As `ProbedMedia.caller_peaks`."""
        return list(self._peaks)

    def say(self, sound: bytes) -> "asyncio.Future[Segment]":
        """As `ProbedMedia.say`."""
        self._waiting.extend(periods(sound))
        self._utterance_begin_s = 0.0
        self._utterance = utterance = asyncio.get_running_loop().create_future()
        return utterance

    async def read(self) -> bytes:
        """As `Media.read`."""
        return (await self._next())[0]

    async def read_opus(self) -> OpusFrame:
        """As `OpusMedia.read_opus`."""
        payload = (await self._next())[1]
        return OpusFrame(payload, self._sent * pcm.PERIOD_FRAMES)

    async def _next(self) -> tuple[bytes, bytes]:
        loop = asyncio.get_running_loop()
        if self._begin_s is None:
            self._begin_s = loop.time()
        self._sent += 1
        await asyncio.sleep(self._begin_s + self._sent * _PERIOD_S - loop.time())
        if not self._waiting:
            self._peaks.append(0.0)
            return periods(_SILENCE)[0]
        now_s = loop.time()
        self._utterance_begin_s = self._utterance_begin_s or now_s - _PERIOD_S
        piece = self._waiting.popleft()
        self._peaks.append(peak(piece[0]))
        if not self._waiting and self._utterance and not self._utterance.done():
            self._utterance.set_result(Segment(self._utterance_begin_s, now_s, is_over=True))
        return piece

    def write(self, pcm: bytes) -> None:
        """As `Media.write`."""
        self.bot.take_sound(pcm)

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:  # noqa: ARG002
        """As `OpusMedia.write_rtp`."""
        self.bot.take_packet(ssrc, sequence_number, payload, arrived_s)

    def on_network(self, report: NetworkReport) -> None:
        """As `OpusMedia.on_network`: nothing depends on it."""

    async def open(self) -> None:
        """As `Media.open`."""
        self.is_open = True
        self.bot.begin()

    async def close(self) -> None:
        """As `Media.close`."""
        self.is_open = False

    def flush(self) -> None:
        """As `Media.flush`: nothing waits to be played."""

    def hold(self) -> None:
        """As `Media.hold`: nothing is captured before `say`."""

    def release(self) -> None:
        """As `Media.release`."""

    def level(self, kind: DeviceKind) -> float:
        """As `Media.level`."""
        peaks = self._peaks if kind is DeviceKind.MIC else self.bot.peaks
        return peaks[-1] if peaks else 0.0

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """As `Media.devices`: none."""
        return ()

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:  # noqa: ARG002
        """As `Media.selected`: nothing can be said."""
        return None

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """As `Media.select`: there are none."""
