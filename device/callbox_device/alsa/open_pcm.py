"""Which cards there are, and a PCM opened as what its card has. The only module that imports alsaaudio."""

import importlib.util
import logging
import os
import re
from pathlib import Path
from typing import Any

from callbox_device.alsa import sound_server
from callbox_device.alsa.stream import PcmStream, close_leaked
from callbox_device.interfaces import STALL_S, BoardError, PartMissing, PcmInfo
from callbox_device.model import alsa_names
from callbox_device.model.sample_format import PIPELINE_FORMAT, WIDTHS, PcmFormat, nearest

log = logging.getLogger(__name__)

_CARDS = Path("/proc/asound/cards")
_told: set[tuple[str, PcmFormat]] = set()


def open_pcm(direction: str, device: str, period_ms: int, buffer_ms: int) -> PcmStream:
    """Open a PCM as the box's own format, or as the nearest that can be converted. Raises `BoardError`."""
    try:
        import alsaaudio
    except ImportError as error:
        raise PartMissing(f"Sound needs pyalsaaudio ({error}): pip install 'callbox[alsa]'.") from error

    def open_as(card: PcmFormat) -> tuple[Any, PcmFormat]:
        opened = alsaaudio.PCM(
            type=alsaaudio.PCM_CAPTURE if direction == "capture" else alsaaudio.PCM_PLAYBACK,
            mode=alsaaudio.PCM_NONBLOCK,
            rate=card.rate_hz,
            channels=card.channels,
            format=getattr(alsaaudio, f"PCM_FORMAT_{card.name}"),
            periodsize=card.rate_hz * period_ms // 1000,
            periods=max(2, round(buffer_ms / period_ms)),
            device=device,
        )
        granted = opened.info()  # which may be anything: a card gives what it has
        return opened, PcmFormat(granted["rate"], granted["channels"], granted["format_name"])

    if not alsa_names.is_card_pcm(device):
        reason = sound_server.answer(direction, device, STALL_S)
        if reason is None:
            raise alsa_names.silent_server(direction, device)
        if reason:
            raise _unopened(direction, device, reason)
    close_leaked(direction, device)
    try:
        opened, card = open_as(PIPELINE_FORMAT)
        if card != PIPELINE_FORMAT:
            wanted = nearest(opened.getrates(), opened.getchannels(), opened.getformats())
            opened.close()
            opened, card = open_as(wanted)
    except alsaaudio.ALSAAudioError as error:
        raise _unopened(direction, device, str(error)) from error
    if card.name not in WIDTHS:
        opened.close()
        raise alsa_names.unusable(direction, device, str(card))
    if card != PIPELINE_FORMAT and (device, card) not in _told:
        _told.add((device, card))
        log.info("%s has %s; converted here to %s", device, card, PIPELINE_FORMAT)
    return PcmStream(opened, direction, device, card, buffer_ms)


def is_installed() -> bool:
    """Whether pyalsaaudio is there."""
    return importlib.util.find_spec("alsaaudio") is not None


def sound_cards() -> list[str]:
    """The names of this machine's sound cards, also of those that this user may not use; none without pyalsaaudio."""
    return list(_kernels_cards().values()) if is_installed() else []


def _kernels_cards() -> dict[int, str]:
    try:
        text = _CARDS.read_text()
    except OSError:  # no sound in this kernel
        return {}
    return {int(number): name for number, name in re.findall(r"^ *(\d+) \[(\S+) *\]", text, re.MULTILINE)}


def _unopened(direction: str, device: str, reason: str) -> BoardError:
    cards = _kernels_cards()
    doors = {name: f"/dev/snd/controlC{number}" for number, name in cards.items()}
    forbidden = [name for name, door in doors.items() if not os.access(door, os.R_OK | os.W_OK)]
    return alsa_names.unopened(direction, device, reason, list(cards.values()), forbidden)


def sound_devices(direction: str) -> list[PcmInfo]:
    """The PCMs for ``capture`` or ``playback`` that a person would choose from; none without pyalsaaudio."""
    try:
        import alsaaudio
    except ImportError:
        return []
    kind = alsaaudio.PCM_CAPTURE if direction == "capture" else alsaaudio.PCM_PLAYBACK
    return alsa_names.choices(alsaaudio.pcms(kind))
