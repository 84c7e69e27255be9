"""libopus by ctypes: mono, 48 kHz, s16le, nothing in between.

The library is the one that PyAV brings along (aiortc needs PyAV), else the system's. What is asked of it is in every
libopus since 1.1; signatures and constants: opus.h, opus_defines.h. One encoder or decoder belongs to one thread at a
time.
"""

import ctypes
import ctypes.util
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from callbox_device.model import pcm

_OK = 0
_APPLICATION_VOIP = 2048
_SET_BITRATE = 4002
_SET_COMPLEXITY = 4010
_SET_INBAND_FEC = 4012
_SET_PACKET_LOSS_PERC = 4014
_SET_DTX = 4016
_RESET_STATE = 4028
_MAX_FRAMES = pcm.RATE_HZ * 120 // 1000
"""The longest packet there can be (RFC 6716, 3.1)."""
_MAX_BYTES = 1500
_BYTES = pcm.BYTES_PER_FRAME
_PERIOD_BYTES, _PERIOD_FRAMES = pcm.PERIOD_BYTES, pcm.PERIOD_FRAMES
STEP_FRAMES = pcm.RATE_HZ * 5 // 2000
"""2.5 ms: what libopus conceals and recovers is whole steps of it."""
# RFC 6716, table 2: what one Opus frame lasts, by the configuration number in a packet's first byte.
_SILK, _HYBRID, _CELT = (480, 960, 1920, 2880), (480, 960), (120, 240, 480, 960)
_FRAMES_BY_CONFIG = _SILK * 3 + _HYBRID * 2 + _CELT * 4
_FIRST_CELT_CONFIG = 16
FRAMES_BY_FIRST_BYTE = tuple(_FRAMES_BY_CONFIG[byte >> 3] * (1, 2, 2, 0)[byte & 3] for byte in range(256))
"""One Opus frame, or two; 0: the second byte says how many."""


class OpusError(Exception):
    """Error of libopus, with its own message."""


class OpusMissing(OpusError):
    """Error: there is no libopus. The message says what to install."""


@cache
def library() -> ctypes.CDLL:
    """Load libopus once. Raises `OpusMissing`."""
    for name in _candidates():
        try:
            opus = ctypes.CDLL(name)
        except OSError:
            continue
        _describe(opus)
        return opus
    raise OpusMissing(
        "There is no libopus: PyAV of this installation brings none. Install it: sudo apt-get install libopus0"
    )


class OpusEncoder:
    """Encoder for a voice: VBR with in-band FEC, which costs nothing until loss is expected."""

    def __init__(self, *, bitrate_bps: int = 32_000, complexity: int = 5, dtx: bool = False) -> None:
        """`bitrate_bps` 6000 to 510 000; `complexity` 0 to 10. Raises `OpusMissing`, `OpusError`."""
        self._opus = library()
        error = ctypes.c_int()
        state = self._opus.opus_encoder_create(pcm.RATE_HZ, pcm.CHANNELS, _APPLICATION_VOIP, ctypes.byref(error))
        _check(self._opus, error.value)
        self._state = _pointer(state)
        self._packet: Any = ctypes.create_string_buffer(_MAX_BYTES)
        self._place = ctypes.byref(self._packet)
        self._encode = self._opus.opus_encode
        for request, value in (
            (_SET_BITRATE, bitrate_bps),
            (_SET_COMPLEXITY, complexity),
            (_SET_INBAND_FEC, 1),
            (_SET_DTX, int(dtx)),
        ):
            self._set(request, value)

    def encode(self, period: bytes) -> bytes:
        """Encode one `PERIOD_BYTES` of sound; 1 or 2 bytes: need not be sent (DTX). Raises `OpusError`."""
        if len(period) != _PERIOD_BYTES:
            raise OpusError(f"a period is {_PERIOD_BYTES} bytes, not {len(period)}")
        size = self._encode(self._state, period, _PERIOD_FRAMES, self._place, _MAX_BYTES)
        if size < 0:
            _check(self._opus, size)
        packet: bytes = self._packet[:size]
        return packet

    def expect_loss(self, percent: int) -> None:
        """Set the expected loss in percent, 0 to 100: the more, the more of each packet repeats the one before."""
        self._set(_SET_PACKET_LOSS_PERC, percent)

    def _set(self, request: int, value: int) -> None:
        _check(self._opus, self._opus.opus_encoder_ctl(self._state, request, ctypes.c_int32(value)))

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._opus.opus_encoder_destroy(self._state)


class OpusDecoder:
    """Decoder of packets of any legal duration; stereo comes out as mono."""

    def __init__(self) -> None:
        self._opus = library()
        error = ctypes.c_int()
        state = self._opus.opus_decoder_create(pcm.RATE_HZ, pcm.CHANNELS, ctypes.byref(error))
        _check(self._opus, error.value)
        self._state = _pointer(state)
        self._sound: Any = ctypes.create_string_buffer(_MAX_FRAMES * _BYTES)
        self._place = ctypes.byref(self._sound)
        self._decode = self._opus.opus_decode

    def decode(self, payload: bytes) -> bytes:
        """Decode a packet. Raises `OpusError` if it is malformed."""
        if not payload:
            raise OpusError("an empty packet")
        frames = self._decode(self._state, payload, len(payload), self._place, _MAX_FRAMES, 0)
        if frames < 0:
            _check(self._opus, frames)
        sound: bytes = self._sound[: frames * _BYTES]
        return sound

    def recover(self, next_payload: bytes, duration_frames: int) -> bytes:
        """Recover the lost sound before `next_payload` from what that repeats of it (in-band FEC).

        What it doesn't repeat is concealed. `duration_frames`: as for `conceal`. Raises `OpusError`.
        """
        return self._run(next_payload, duration_frames, 1)

    def conceal(self, duration_frames: int) -> bytes:
        """Conceal a loss: the voice goes on and gets softer. Whole `STEP_FRAMES`, at most 120 ms."""
        return self._run(None, duration_frames, 0)

    def reset(self) -> None:
        """Forget the stream: another one begins."""
        _check(self._opus, self._opus.opus_decoder_ctl(self._state, _RESET_STATE))

    def _run(self, payload: bytes | None, duration_frames: int, fec: int) -> bytes:
        frames = self._decode(self._state, payload, len(payload) if payload else 0, self._place, duration_frames, fec)
        if frames < 0:
            _check(self._opus, frames)
        sound: bytes = self._sound[: frames * _BYTES]
        return sound

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._opus.opus_decoder_destroy(self._state)


def duration_frames(payload: bytes) -> int:
    """Duration of a packet in frames of 48 kHz; 0 if it is malformed (RFC 6716, 3.1 and 3.2)."""
    if payload and (frames := FRAMES_BY_FIRST_BYTE[payload[0]]):
        return frames
    frames = (payload[1] & 63) * _FRAMES_BY_CONFIG[payload[0] >> 3] if len(payload) > 1 else 0
    return frames if frames <= _MAX_FRAMES else 0


def has_fec(payload: bytes) -> bool:
    """Whether a packet repeats the one before (RFC 6716, 4.2.4). As `opus_packet_has_lbrr`, new in libopus 1.5."""
    if not payload or payload[0] >> 3 >= _FIRST_CELT_CONFIG:
        return False
    places = (ctypes.c_void_p * 48)()
    sizes = (ctypes.c_int16 * 48)()
    if library().opus_packet_parse(payload, len(payload), None, places, sizes, None) <= 0 or not sizes[0]:
        return False
    first = ctypes.string_at(places[0] or 0, 1)[0]
    # One voice-activity flag for each 20 ms, then the flag that is wanted; for stereo the same again.
    flags = max(1, _FRAMES_BY_CONFIG[payload[0] >> 3] // pcm.PERIOD_FRAMES)
    is_stereo = bool(payload[0] & 4)
    return bool(first >> (7 - flags) & 1 or (is_stereo and first >> (6 - 2 * flags) & 1))


def _candidates() -> list[str]:
    """Paths where libopus may be, best first. Doesn't import PyAV."""
    av = find_spec("av")
    bundled = Path(av.origin).parent.parent / "av.libs" if av and av.origin else Path()
    found = [str(path) for path in sorted(bundled.glob("libopus-*"))] if bundled.name else []
    system = ctypes.util.find_library("opus")
    return [*found, *([system] if system else []), "libopus.so.0"]


def _describe(opus: ctypes.CDLL) -> None:
    # Without argument types, which would double what a call costs: pointers come as pointers, integers as int.
    opus.opus_strerror.restype = ctypes.c_char_p
    opus.opus_encoder_create.restype = opus.opus_decoder_create.restype = ctypes.c_void_p
    opus.opus_encoder_destroy.restype = opus.opus_decoder_destroy.restype = None


def _pointer(address: int) -> Any:
    """Pointer argument that is ready: a `c_void_p` would be made into one at every call."""
    return ctypes.c_void_p.from_param(address)


def _check(opus: ctypes.CDLL, result: int) -> None:
    if result < _OK:
        raise OpusError(opus.opus_strerror(result).decode())
