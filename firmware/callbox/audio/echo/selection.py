"""Selection of the processing of captured sound."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

from callbox.audio.echo.canceller import Canceller, EchoExtraMissing, NoiseGainProcessor, load
from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.half_duplex import HalfDuplex
from callbox.audio.echo.processor import VoiceProcessor

__all__ = ["EchoExtraMissing", "EchoMode", "ProcessorSelection", "VoiceProcessor", "make_processor"]

EchoMode = Literal["auto", "cancel", "half_duplex", "off"]


@dataclass(frozen=True, slots=True)
class ProcessorSelection:
    """Selected processing, and the reason."""

    processor: VoiceProcessor | None
    """None: nothing is to be done with the sound."""
    mode: Literal["cancel", "half_duplex", "off"]
    reason: str
    """For people: what is done, and why that."""


def make_processor(
    mode: EchoMode, reference: FarEndReference, *, noise_suppression: bool = True, gain_control: bool = True
) -> ProcessorSelection:
    """Select the processing for `mode`, fed by `reference`.

    ``auto`` cancels if the library is there, and is half duplex if not. Raises `EchoExtraMissing` where the library
    was asked for by name: mode ``cancel``. Without it, noise suppression and gain control are left out, and the reason
    says so. Takes some 100 ms the first time: the library is loaded.
    """
    cancels = mode in ("auto", "cancel")
    if not cancels and not noise_suppression and not gain_control:
        return _plain(mode, reference)
    try:
        library = load(echo=cancels, noise_suppression=noise_suppression, gain_control=gain_control)
    except EchoExtraMissing as missing:
        if mode == "cancel":
            raise
        plain = _plain("off" if mode == "off" else "half_duplex", reference)
        return dataclasses.replace(plain, reason=f"{plain.reason}: {missing}")
    wanted = (("noise suppressed", noise_suppression), ("gain controlled", gain_control))
    also = ", ".join(words for words, on in wanted if on)
    also = also and f" ({also})"
    if cancels:
        return ProcessorSelection(Canceller(reference, library), "cancel", f"the echo is cancelled{also}")
    plain = _plain(mode, reference)
    return ProcessorSelection(NoiseGainProcessor(library, plain.processor), plain.mode, plain.reason + also)


def _plain(mode: str, reference: FarEndReference) -> ProcessorSelection:
    """Selection without the library."""
    if mode == "half_duplex":
        return ProcessorSelection(
            HalfDuplex(reference), "half_duplex", "half duplex, the bot can't be interrupted by voice"
        )
    return ProcessorSelection(None, "off", "the echo is left in the microphone's sound")
