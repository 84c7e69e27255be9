"""Between a card's own format and the box's: rate, channels and width, without a gap from piece to piece. Pure.

For ``hw:`` devices, which ALSA doesn't convert for. In C, by `audioop`; rates on straight lines, as ALSA's own
converter does.
"""

import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

WIDTHS = {"S16_LE": 2, "S32_LE": 4, "S24_3LE": 3}
"""ALSA's names of the formats that can be converted, the best first, with their bytes for one sample."""


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """How a card counts sound."""

    rate_hz: int = pcm.RATE_HZ
    channels: int = pcm.CHANNELS
    name: str = "S16_LE"
    """ALSA's name, one of `WIDTHS`."""

    @property
    def frame_bytes(self) -> int:
        """Of one sample for every channel."""
        return WIDTHS[self.name] * self.channels

    def __str__(self) -> str:
        return f"{self.rate_hz} Hz, {self.channels} channel{'s' if self.channels > 1 else ''}, {self.name}"


PIPELINE_FORMAT = PcmFormat()
"""The box's format."""


def nearest(rates_hz: "int | tuple[int, int] | list[int]", channels: list[int], names: Iterable[str]) -> PcmFormat:
    """Of what a card offers (as `libasound.Pcm.offered`; a tuple is from and to), what needs the least conversion."""
    offered = set(names)
    return PcmFormat(
        _nearest_rate(rates_hz),
        next((count for count in (1, 2) if count in channels), min(channels, default=1)),
        next((name for name in WIDTHS if name in offered), "S16_LE"),
    )


def _nearest_rate(rates_hz: "int | tuple[int, int] | list[int]") -> int:
    if isinstance(rates_hz, int):
        return rates_hz
    if isinstance(rates_hz, tuple):
        return max(rates_hz[0], min(rates_hz[1], pcm.RATE_HZ))
    above = sorted(rate_hz for rate_hz in rates_hz if rate_hz >= pcm.RATE_HZ)
    whole = [rate_hz for rate_hz in above if rate_hz % pcm.RATE_HZ == 0]
    return next(iter([*whole, *above]), max(rates_hz, default=pcm.RATE_HZ))


class CaptureConverter:
    """Captured sound to s16le mono 48 kHz. Give it whole frames.

    What 20 ms give is 20 ms from the first piece on, or a period would always wait for the one after it.
    """

    def __init__(self, card: PcmFormat) -> None:
        self._card = card
        self._state: Any = None
        self.convert(bytes(2 * card.frame_bytes))  # straight lines begin between two samples

    def convert(self, sound: bytes) -> bytes:
        """`sound` in the box's format; what lies between two samples comes with the next piece."""
        card = self._card
        sound = _width(sound, WIDTHS[card.name], pcm.BYTES_PER_FRAME)
        if card.channels == 2:
            sound = audioop.tomono(sound, pcm.BYTES_PER_FRAME, 0.5, 0.5)
        elif card.channels > 2:
            sound = array.array("h", sound)[:: card.channels].tobytes()
        if card.rate_hz != pcm.RATE_HZ:
            sound, self._state = audioop.ratecv(sound, pcm.BYTES_PER_FRAME, 1, card.rate_hz, pcm.RATE_HZ, self._state)
        return sound


class PlaybackConverter:
    """s16le mono 48 kHz to what the card plays: the same on every channel."""

    def __init__(self, card: PcmFormat) -> None:
        self._card = card
        self._state: Any = None

    def convert(self, sound: bytes) -> bytes:
        """As `CaptureConverter.convert`, the other way."""
        card = self._card
        if card.rate_hz != pcm.RATE_HZ:
            sound, self._state = audioop.ratecv(sound, pcm.BYTES_PER_FRAME, 1, pcm.RATE_HZ, card.rate_hz, self._state)
        if card.channels == 2:
            sound = audioop.tostereo(sound, pcm.BYTES_PER_FRAME, 1, 1)
        elif card.channels > 2:
            one = array.array("h", sound)
            every = array.array("h", bytes(len(sound) * card.channels))
            for channel in range(card.channels):
                every[channel :: card.channels] = one
            sound = every.tobytes()
        return _width(sound, pcm.BYTES_PER_FRAME, WIDTHS[card.name])


def _width(sound: bytes, have: int, want: int) -> bytes:
    return sound if have == want else audioop.lin2lin(sound, have, want)
