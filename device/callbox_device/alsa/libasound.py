"""alsa-lib's PCMs by ctypes, which lets the other threads run in every call.

Opening, preparing and closing a PCM may wait for a sound server: PipeWire that isn't completely up, PulseAudio that
hangs. A binding that holds the interpreter meanwhile would stop button, lamps and SIGTERM with it, as pyalsaaudio 0.11
does in all calls but read, write and drain. The only module that calls alsa-lib's PCMs.
"""

import ctypes
import errno
import functools
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_short, c_uint, c_ulong, c_void_p
from typing import Any

from callbox_device.model.sample_format import WIDTHS, PcmFormat

_STREAMS = {"playback": 0, "capture": 1}
_HINTS = {"playback": b"Output", "capture": b"Input"}
_NONBLOCK = 1
_RW_INTERLEAVED = 3
_POLLED_DESCRIPTORS = 16
"""More than any PCM has: a card has one, ALSA's `multi` one for each of its cards."""
_TESTED_CHANNELS = range(1, 33)
"""As many as `microphone.channel` may name."""
_TESTED_RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000)


class AlsaError(Exception):
    """Error of a call of alsa-lib."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.errno = number


class _PollDescriptor(ctypes.Structure):
    _fields_ = (("fd", c_int), ("events", c_short), ("revents", c_short))


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    # name: result, arguments
    "snd_strerror": (c_char_p, [c_int]),
    "snd_pcm_open": (c_int, [POINTER(c_void_p), c_char_p, c_int, c_int]),
    "snd_pcm_close": (c_int, [c_void_p]),
    "snd_pcm_prepare": (c_int, [c_void_p]),
    "snd_pcm_drop": (c_int, [c_void_p]),
    "snd_pcm_avail": (c_long, [c_void_p]),
    "snd_pcm_readi": (c_long, [c_void_p, c_void_p, c_ulong]),
    "snd_pcm_writei": (c_long, [c_void_p, c_char_p, c_ulong]),
    "snd_pcm_poll_descriptors": (c_int, [c_void_p, POINTER(_PollDescriptor), c_uint]),
    "snd_pcm_poll_descriptors_revents": (c_int, [c_void_p, POINTER(_PollDescriptor), c_uint, POINTER(c_short)]),
    "snd_pcm_info_malloc": (c_int, [POINTER(c_void_p)]),
    "snd_pcm_info_free": (None, [c_void_p]),
    "snd_pcm_info": (c_int, [c_void_p, c_void_p]),
    "snd_pcm_info_get_card": (c_int, [c_void_p]),
    "snd_pcm_format_value": (c_int, [c_char_p]),
    "snd_pcm_format_name": (c_char_p, [c_int]),
    "snd_pcm_hw_params_malloc": (c_int, [POINTER(c_void_p)]),
    "snd_pcm_hw_params_free": (None, [c_void_p]),
    "snd_pcm_hw_params_any": (c_int, [c_void_p, c_void_p]),
    "snd_pcm_hw_params_current": (c_int, [c_void_p, c_void_p]),
    "snd_pcm_hw_params": (c_int, [c_void_p, c_void_p]),
    "snd_pcm_hw_params_set_access": (c_int, [c_void_p, c_void_p, c_int]),
    "snd_pcm_hw_params_set_format": (c_int, [c_void_p, c_void_p, c_int]),
    "snd_pcm_hw_params_set_channels": (c_int, [c_void_p, c_void_p, c_uint]),
    "snd_pcm_hw_params_set_rate_near": (c_int, [c_void_p, c_void_p, POINTER(c_uint), POINTER(c_int)]),
    "snd_pcm_hw_params_set_period_size_near": (c_int, [c_void_p, c_void_p, POINTER(c_ulong), POINTER(c_int)]),
    "snd_pcm_hw_params_set_periods_near": (c_int, [c_void_p, c_void_p, POINTER(c_uint), POINTER(c_int)]),
    "snd_pcm_hw_params_test_format": (c_int, [c_void_p, c_void_p, c_int]),
    "snd_pcm_hw_params_test_channels": (c_int, [c_void_p, c_void_p, c_uint]),
    "snd_pcm_hw_params_test_rate": (c_int, [c_void_p, c_void_p, c_uint, c_int]),
    "snd_pcm_hw_params_get_rate_min": (c_int, [c_void_p, POINTER(c_uint), POINTER(c_int)]),
    "snd_pcm_hw_params_get_rate_max": (c_int, [c_void_p, POINTER(c_uint), POINTER(c_int)]),
    "snd_pcm_hw_params_get_channels_min": (c_int, [c_void_p, POINTER(c_uint)]),
    "snd_pcm_hw_params_get_format": (c_int, [c_void_p, POINTER(c_int)]),
    "snd_pcm_hw_params_get_channels": (c_int, [c_void_p, POINTER(c_uint)]),
    "snd_pcm_hw_params_get_rate": (c_int, [c_void_p, POINTER(c_uint), POINTER(c_int)]),
    "snd_pcm_hw_params_get_period_size": (c_int, [c_void_p, POINTER(c_ulong), POINTER(c_int)]),
    "snd_pcm_hw_params_get_buffer_size": (c_int, [c_void_p, POINTER(c_ulong)]),
    "snd_device_name_hint": (c_int, [c_int, c_char_p, POINTER(POINTER(c_void_p))]),
    "snd_device_name_get_hint": (c_void_p, [c_void_p, c_char_p]),
    "snd_device_name_free_hint": (c_int, [POINTER(c_void_p)]),
}


@functools.cache
def load() -> Any:
    """alsa-lib, with the signatures of what is called here. OSError: it isn't installed. Any thread."""
    library = ctypes.CDLL("libasound.so.2")
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    # alsa-lib prints some ten lines for a PCM that isn't there; what it returns says enough. A function of libc that
    # does nothing takes them, and not one in Python: a sound server's thread may call it while the interpreter ends.
    library.snd_lib_error_set_handler(_libc().getpid)
    return library


@functools.cache
def _libc() -> Any:
    libc = ctypes.CDLL(None)
    libc.poll.restype, libc.poll.argtypes = c_int, [POINTER(_PollDescriptor), c_ulong, c_int]
    libc.free.restype, libc.free.argtypes = None, [c_void_p]
    return libc


def is_installed() -> bool:
    """Whether alsa-lib can be loaded."""
    try:
        load()
    except OSError:
        return False
    return True


def pcm_names(direction: str) -> list[str]:
    """Names of all PCMs in ALSA's configuration for ``capture`` or ``playback``. Opens none."""
    library, libc = load(), _libc()
    hints = POINTER(c_void_p)()
    if library.snd_device_name_hint(-1, b"pcm", byref(hints)) < 0:
        return []

    def read(hint: int, key: bytes) -> bytes | None:
        address = library.snd_device_name_get_hint(hint, key)
        if not address:
            return None
        try:
            return ctypes.string_at(address)
        finally:
            libc.free(address)

    names, index = list[str](), 0
    while hint := hints[index]:
        name, direction_hint = read(hint, b"NAME"), read(hint, b"IOID")  # no IOID: for both directions
        if name and direction_hint in (None, _HINTS[direction]):
            names.append(name.decode(errors="replace"))
        index += 1
    library.snd_device_name_free_hint(hints)
    return names


class Pcm:
    """A PCM, opened by its name without blocking for frames. `configure` it before sound moves.

    One thread at a time. Every call may wait for a sound server without end. Raises `AlsaError`.
    """

    def __init__(self, direction: str, device: str) -> None:
        self._library = library = load()
        self._pcm = c_void_p()
        name = device.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace")
        _checked(library.snd_pcm_open(byref(self._pcm), name, _STREAMS[direction], _NONBLOCK))
        self._descriptors = (_PollDescriptor * _POLLED_DESCRIPTORS)()
        self._is_dropped = False

    def configure(self, wanted: PcmFormat, period_frames: int, periods: int) -> None:
        """Set format and buffer as near to what is wanted as the PCM allows, and prepare it.

        What it granted is then in `format`, `period_frames`, `buffer_frames`, `card_number`.
        """
        library, pcm, params = self._library, self._pcm, _HwParams()
        rate, period, count = c_uint(wanted.rate_hz), c_ulong(period_frames), c_uint(periods)
        channels, sample, buffer, direction = c_uint(), c_int(), c_ulong(), c_int()
        _checked(library.snd_pcm_hw_params_any(pcm, params))
        # What is refused here is read back below.
        library.snd_pcm_hw_params_set_access(pcm, params, _RW_INTERLEAVED)
        library.snd_pcm_hw_params_set_format(pcm, params, library.snd_pcm_format_value(wanted.name.encode()))
        library.snd_pcm_hw_params_set_channels(pcm, params, wanted.channels)
        library.snd_pcm_hw_params_set_rate_near(pcm, params, byref(rate), byref(direction))
        library.snd_pcm_hw_params_set_period_size_near(pcm, params, byref(period), byref(direction))
        library.snd_pcm_hw_params_set_periods_near(pcm, params, byref(count), byref(direction))
        _checked(library.snd_pcm_hw_params(pcm, params))
        _checked(library.snd_pcm_hw_params_current(pcm, params))
        library.snd_pcm_hw_params_get_format(params, byref(sample))
        library.snd_pcm_hw_params_get_channels(params, byref(channels))
        library.snd_pcm_hw_params_get_rate(params, byref(rate), byref(direction))
        library.snd_pcm_hw_params_get_period_size(params, byref(period), byref(direction))
        library.snd_pcm_hw_params_get_buffer_size(params, byref(buffer))
        name = (library.snd_pcm_format_name(sample) or b"?").decode(errors="replace")
        self.format = PcmFormat(rate.value, channels.value, name)
        self.period_frames: int = period.value
        self.buffer_frames: int = buffer.value
        self.card_number = self._card_number()
        """ALSA's, for as long as it is plugged in; negative: it is no card's, but a server's or a file."""
        if name in WIDTHS:
            self._frame_bytes = self.format.frame_bytes
            self._captured = ctypes.create_string_buffer(self.period_frames * self._frame_bytes)

    def offered(self) -> "tuple[tuple[int, int] | list[int], list[int], list[str]]":
        """Rates in Hz (from and to, or each), channel counts, and formats' names that the PCM can be configured with.

        Of formats those that can be converted.
        """
        library, pcm, params = self._library, self._pcm, _HwParams()
        lowest, highest, channels, direction = c_uint(), c_uint(), c_uint(), c_int()
        _checked(library.snd_pcm_hw_params_any(pcm, params))
        library.snd_pcm_hw_params_get_rate_min(params, byref(lowest), byref(direction))
        library.snd_pcm_hw_params_get_rate_max(params, byref(highest), byref(direction))
        library.snd_pcm_hw_params_get_channels_min(params, byref(channels))

        def takes(test: Callable[..., int], *value: int) -> bool:
            return test(pcm, params, *value) == 0

        rates: tuple[int, int] | list[int] = (lowest.value, highest.value)
        if lowest.value < highest.value and not takes(library.snd_pcm_hw_params_test_rate, lowest.value + 1, 0):
            rates = [rate for rate in _TESTED_RATES_HZ if takes(library.snd_pcm_hw_params_test_rate, rate, 0)]
        counts = [count for count in _TESTED_CHANNELS if takes(library.snd_pcm_hw_params_test_channels, count)]
        names = [
            name
            for name in WIDTHS
            if takes(library.snd_pcm_hw_params_test_format, library.snd_pcm_format_value(name.encode()))
        ]
        return rates, counts or [channels.value], names

    def available(self) -> int:
        """Frames that can be read or written now; negative: an error, which the next `read` or `write` tells."""
        return int(self._library.snd_pcm_avail(self._pcm))

    def read(self) -> bytes | None:
        """Read what has been captured, up to a period; b"": nothing yet; None: an overrun; it is prepared then."""
        self._prepare_if_dropped()
        frames = self._library.snd_pcm_readi(self._pcm, self._captured, self.period_frames)
        if frames > 0:
            return ctypes.string_at(self._captured, frames * self._frame_bytes)
        return None if self._is_xrun(frames) else b""

    def write(self, sound: bytes) -> int | None:
        """Write `sound`, whole frames; returns how many bytes were taken. None: an underrun, after which it is
        prepared.
        """
        self._prepare_if_dropped()
        frames = int(self._library.snd_pcm_writei(self._pcm, sound, len(sound) // self._frame_bytes))
        if frames > 0:
            return frames * self._frame_bytes
        return None if self._is_xrun(frames) else 0

    def poll(self, timeout_ms: int) -> bool:
        """Wait until the PCM is ready, `timeout_ms` at most; whether it was woken."""
        # PipeWire's plugin wants to be asked for its descriptors each time: it arms them then.
        count = min(
            self._library.snd_pcm_poll_descriptors(self._pcm, self._descriptors, _POLLED_DESCRIPTORS),
            _POLLED_DESCRIPTORS,
        )
        if _libc().poll(self._descriptors, max(0, count), timeout_ms) <= 0:
            return False
        events = c_short()
        self._library.snd_pcm_poll_descriptors_revents(self._pcm, self._descriptors, count, byref(events))
        return True

    def drop(self) -> None:
        """Forget what is to be played. The next `write` prepares the PCM."""
        _checked(self._library.snd_pcm_drop(self._pcm))
        self._is_dropped = True

    def close(self) -> None:
        """At once: what is still to be played is dropped. Legal once."""
        self._library.snd_pcm_close(self._pcm)

    def _prepare_if_dropped(self) -> None:
        if self._is_dropped:
            _checked(self._library.snd_pcm_prepare(self._pcm))
            self._is_dropped = False

    def _is_xrun(self, result: int) -> bool:
        if result == -errno.EPIPE:
            _checked(self._library.snd_pcm_prepare(self._pcm))
            return True
        if result not in (0, -errno.EAGAIN):
            _checked(result)
        return False

    def _card_number(self) -> int:
        info = c_void_p()
        _checked(self._library.snd_pcm_info_malloc(byref(info)))
        try:
            _checked(self._library.snd_pcm_info(self._pcm, info))
            return int(self._library.snd_pcm_info_get_card(info))
        finally:
            self._library.snd_pcm_info_free(info)


class _HwParams(c_void_p):
    """alsa-lib's snd_pcm_hw_params_t."""

    def __init__(self) -> None:
        super().__init__()
        _checked(load().snd_pcm_hw_params_malloc(byref(self)))

    def __del__(self) -> None:
        if self.value:
            load().snd_pcm_hw_params_free(self)


def _checked(result: int) -> None:
    if result < 0:
        raise AlsaError(-result, load().snd_strerror(result).decode(errors="replace"))
