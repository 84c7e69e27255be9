"""Between a card's own format and the box's: channels and width, without a gap from piece to piece. Pure.

For ``hw:`` devices, which ALSA doesn't convert for. In C, by `audioop`. Rates are `alsa.resampler`'s.
"""

import array
from collections.abc import Iterable
from dataclasses import dataclass

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

WIDTHS = {"S16_LE": 2, "S32_LE": 4, "S24_3LE": 3}
"""ALSA's names of the formats that can be converted, the best first, with their bytes for one sample."""


SWITCH_AFTER_MS = 200
"""A channel that is `CLEARLY` louder for this long is taken; one that is `FAR` louder, at once."""
CLEARLY = 4.0
"""6 dB: two microphones of one box differ by less, wherever a person stands."""
FAR = 100.0
"""20 dB: the other one is dead."""
_FADE_STEPS = 32


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """Format of a card's sound."""

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


def nearest(
    rates_hz: "int | tuple[int, int] | list[int]", channels: list[int], names: Iterable[str], least_channels: int = 1
) -> PcmFormat:
    """Of what a card offers (as `libasound.Pcm.offered`; a tuple is from and to), what needs the least conversion.

    `least_channels`: how many are needed, if it has so many.
    """
    offered = set(names)
    enough = [count for count in channels if count >= least_channels]
    return PcmFormat(
        _nearest_rate(rates_hz),
        min(enough) if enough else max(channels, default=1),
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


def has_rate(rates_hz: "int | tuple[int, int] | list[int]") -> bool:
    """Whether the box's own rate is among what a card offers."""
    return _nearest_rate(rates_hz) == pcm.RATE_HZ


class CaptureConverter:
    """Captured sound to s16le mono, at the card's rate. Give it whole frames.

    `channel`: one of the card's, from 0; None, or more than it has: the best one, by `ChannelChoice`.
    """

    def __init__(self, card: PcmFormat, channel: int | None = None) -> None:
        self._card = card
        self._channel = channel if channel is not None and channel < card.channels else None
        self._choice = ChannelChoice(card.channels, card.rate_hz)

    @property
    def channel(self) -> int:
        """The card's channel that is used now, from 0."""
        return self._choice.channel if self._channel is None else self._channel

    def convert(self, sound: bytes) -> bytes:
        """`sound` as samples of the box."""
        card = self._card
        sound = _width(sound, WIDTHS[card.name], pcm.BYTES_PER_FRAME)
        if card.channels > 1:
            if self._channel is None:
                sound = self._choice.mono(sound)
            else:
                sound = _channel(sound, array.array("h", sound), self._channel, card.channels)
        return sound


class ChannelChoice:
    """One channel of several: the loudest, as long as it is clearly louder. Never a sum.

    A sum would be silence if one channel is inverted, and 6 dB quieter if one is dead. Loudness is AC power, so that a
    channel with nothing but a DC offset counts as silent.
    """

    def __init__(self, channels: int, rate_hz: int) -> None:
        self._channels = channels
        self._frames_to_switch = rate_hz * SWITCH_AFTER_MS // 1000
        self._louder_frames = 0
        self.channel = 0
        """The one in use, from 0."""

    def mono(self, sound: bytes) -> bytes:
        """The chosen channel of `sound`, s16le frames; crossfaded where the choice changes."""
        count, was = self._channels, self.channel
        samples = array.array("h", sound)
        # Of each channel a fourth of the samples, all over the piece: its power needs no more.
        powers = [_ac_power(samples[channel :: 4 * count].tobytes()) for channel in range(count)]
        loudest = max(range(count), key=powers.__getitem__)
        if powers[loudest] <= CLEARLY * powers[was]:
            self._louder_frames = 0
            return _channel(sound, samples, was, count)
        self._louder_frames += len(samples) // count
        if powers[loudest] > FAR * powers[was]:
            self.channel, self._louder_frames = loudest, 0
            return _channel(sound, samples, loudest, count)  # the old one is too quiet to need a fade
        if self._louder_frames < self._frames_to_switch:
            return _channel(sound, samples, was, count)
        self.channel, self._louder_frames = loudest, 0
        return _crossfade(_channel(sound, samples, was, count), _channel(sound, samples, loudest, count))


def _channel(sound: bytes, samples: "array.array[int]", channel: int, count: int) -> bytes:
    if count == 2:  # half the time of a slice
        return audioop.tomono(sound, pcm.BYTES_PER_FRAME, 1 - channel, channel)
    return samples[channel::count].tobytes()


def _ac_power(sound: bytes) -> float:
    """Mean square without the mean, at least that of a sample's last bit."""
    if not sound:
        return 1.0
    return max(
        1.0, float(audioop.rms(sound, pcm.BYTES_PER_FRAME)) ** 2 - float(audioop.avg(sound, pcm.BYTES_PER_FRAME)) ** 2
    )


def _crossfade(old: bytes, new: bytes) -> bytes:
    """From `old` to `new`, equally long, in steps."""
    width = pcm.BYTES_PER_FRAME
    step = max(1, len(old) // width // _FADE_STEPS) * width
    return b"".join(
        audioop.add(
            audioop.mul(old[at : at + step], width, 1 - at / len(old)),
            audioop.mul(new[at : at + step], width, at / len(old)),
            width,
        )
        for at in range(0, len(old), step)
    )


class PlaybackConverter:
    """s16le mono, at the card's rate, to what the card plays: the same on every channel."""

    def __init__(self, card: PcmFormat) -> None:
        self._card = card

    def convert(self, sound: bytes) -> bytes:
        """As `CaptureConverter.convert`, the other way."""
        card = self._card
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
