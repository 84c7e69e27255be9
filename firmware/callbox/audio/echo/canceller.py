"""WebRTC's AEC3, noise suppression and gain control, by pywebrtc-audio: the `echo` extra.

Loaded when the first one is made: numpy is 10 MiB that a box without the extra doesn't carry.
"""

import logging
from typing import Protocol

from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.half_duplex import HalfDuplex
from callbox.audio.echo.processor import VoiceProcessor
from callbox.system.extras import install_command
from callbox_device.model import pcm

logger = logging.getLogger(__name__)

NOISE_LEVEL = 1
"""Of 0 to 3: 12 dB. The servers' recognisers are trained on noisy speech, and suffer from artefacts more."""
MAX_GAIN_DB = 24.0
"""Someone at the other end of the room; the library's own 50 dB would lift the room's noise into a voice."""


class EchoExtraMissing(Exception):
    """Error: the library of the `echo` extra can't be loaded. The message says what to install."""


class Library(Protocol):
    """Processing function: `near` and `far`, one period each, to what is left of `near`. May raise anything."""

    def __call__(self, near: bytes, far: bytes) -> bytes:
        """Process one period. One thread only."""


def load(*, echo: bool, noise_suppression: bool, gain_control: bool) -> Library:
    """Load the library with these on. Raises `EchoExtraMissing`."""
    try:
        import numpy as np
        from pywebrtc_audio import AudioProcessor
    except ImportError as error:
        raise EchoExtraMissing(
            f"echo cancellation, noise suppression and gain control need pywebrtc-audio, which can't be loaded "
            f"({error}). Install it: {install_command('echo')}"
        ) from error
    processor = AudioProcessor(
        sample_rate=pcm.RATE_HZ,
        echo_cancellation=echo,
        noise_suppression=noise_suppression,
        high_pass_filter=True,
        auto_gain_control=gain_control,
        ns_level=NOISE_LEVEL,
        agc_max_gain_db=MAX_GAIN_DB,
    )

    def run(near: bytes, far: bytes) -> bytes:
        near_samples = np.frombuffer(near, np.int16)
        return processor.process(near_samples, np.frombuffer(far, np.int16) if echo else None).tobytes()

    return run


class Canceller:
    """Echo canceller; fulfils `VoiceProcessor`. If the library fails, half duplex from then on.

    Microphone's thread only.
    """

    def __init__(self, reference: FarEndReference, library: Library) -> None:
        self._reference = reference
        self._library: Library | None = library
        self._fallback = HalfDuplex(reference)

    def process(self, period: bytes, captured_s: float) -> bytes:
        """Period without the bot's echo. Adds 8 ms of delay, 15 with noise suppression."""
        audible = self._reference.at(captured_s)
        if self._library:
            try:
                return self._library(period, audible)
            except Exception:
                logger.warning("echo cancellation failed; half duplex from now on", exc_info=True)
                self._library = None
        return self._fallback.gate(period, audible)


class NoiseGainProcessor:
    """Noise suppression and gain control before `then`; fulfils `VoiceProcessor`. If the library fails, neither.

    Microphone's thread only.
    """

    def __init__(self, library: Library, then: VoiceProcessor | None = None) -> None:
        self._library: Library | None = library
        self._then = then

    def process(self, period: bytes, captured_s: float) -> bytes:
        """Period after noise suppression, gain control and `then`."""
        if self._library:
            try:
                period = self._library(period, pcm.SILENT_PERIOD)
            except Exception:
                logger.warning("noise suppression and gain control failed; without them from now on", exc_info=True)
                self._library = None
        return self._then.process(period, captured_s) if self._then else period
