"""Cards of this machine, and a PCM opened as what its card has."""

import logging
import os
import re
from dataclasses import replace
from pathlib import Path

from callbox_device.alsa import libasound
from callbox_device.alsa.libasound import AlsaError, Pcm
from callbox_device.alsa.stream import PcmStream
from callbox_device.interfaces import BoardError, PartMissing, PcmInfo
from callbox_device.model import alsa_names, pcm_errors
from callbox_device.model.sample_format import PIPELINE_FORMAT, WIDTHS, PcmFormat, has_rate, nearest

log = logging.getLogger(__name__)

MISSING = "Sound needs alsa-lib: `sudo apt install libasound2` (in Debian 13 `libasound2t64`)."
_CARDS = Path("/proc/asound/cards")
_logged: set[tuple[str, PcmFormat]] = set()
_offers: dict[tuple[str, str], "tuple[tuple[int, int] | list[int], list[int], list[str]]"] = {}
"""For direction and name of each ``hw:`` PCM that was asked, what it offers."""
_CONVERTING = ("default", "pulse", "pipewire")
"""PCMs without a card's name that convert channels; one more channel than the microphone has is the same one twice."""


def open_pcm(direction: str, device: str, period_ms: int, buffer_ms: int, channel: int | None = None) -> PcmStream:
    """Open a PCM as the box's own format, or as the nearest that can be converted. Raises `BoardError`.

    `channel`: of a capture PCM, the one that is wanted, from 1; None: all that the card has.
    May wait for a sound server without end.
    """
    if not is_installed():
        raise PartMissing(MISSING)

    hardware = _hardware_offers(direction, device)
    is_below = hardware is not None and device.startswith("plughw:") and bool(hardware[2]) and not has_rate(hardware[0])
    # ALSA would convert the rate on straight lines; we don't.
    name = alsa_names.hardware_of(device) or device if is_below else device
    least = channel or 1

    def open_as(wanted: PcmFormat) -> Pcm:
        opened = Pcm(direction, name)
        try:
            periods = max(2, round(buffer_ms / period_ms))
            opened.configure(wanted, wanted.rate_hz * period_ms // 1000, periods)
        except BaseException:
            opened.close()
            raise
        return opened  # its format may be any: a card gives what it has

    wanted = PIPELINE_FORMAT
    if direction == "capture":
        wanted = replace(wanted, channels=max(_capture_channels(device, hardware), least))
    try:
        opened = open_as(wanted)
        if opened.format != wanted:
            try:
                wanted = nearest(*opened.offered(), least)
            finally:
                opened.close()
            opened = open_as(wanted)
    except AlsaError as error:
        raise _open_error(direction, device, error.errno) from error
    card = opened.format
    if card.name not in WIDTHS:
        opened.close()
        raise pcm_errors.unusable(direction, device, str(card))
    if card != PIPELINE_FORMAT and (device, card) not in _logged:
        _logged.add((device, card))
        log.info("%s has %s; converted here to %s", device, card, PIPELINE_FORMAT)
    return PcmStream(opened, direction, device, buffer_ms)


def _capture_channels(device: str, hardware: "tuple[tuple[int, int] | list[int], list[int], list[str]] | None") -> int:
    """How many channels to ask a PCM for: all of a card's, where ALSA or a sound server would mix them to one."""
    if device in _CONVERTING:
        return 2
    return min(hardware[1]) if hardware else 1


def _hardware_offers(direction: str, device: str) -> "tuple[tuple[int, int] | list[int], list[int], list[str]] | None":
    """What the card below a PCM that converts offers, as `Pcm.offered`; None: there is none, or it can't be asked."""
    hardware = alsa_names.hardware_of(device)
    if hardware is None:
        return None
    if (direction, hardware) not in _offers:
        try:
            below = Pcm(direction, hardware)
        except AlsaError:  # busy, or not there: opening `device` says so
            return None
        try:
            _offers[direction, hardware] = below.offered()
        except AlsaError:
            return None
        finally:
            below.close()
    return _offers[direction, hardware]


def is_installed() -> bool:
    """Whether alsa-lib is there."""
    return libasound.is_installed()


def sound_cards() -> dict[int, str]:
    """The names of this machine's sound cards by number, also of those that this user may not use; none without
    alsa-lib.
    """
    return _kernels_cards() if is_installed() else {}


def _kernels_cards() -> dict[int, str]:
    try:
        text = _CARDS.read_text(errors="replace")
    except OSError:  # no sound in this kernel
        return {}
    return {int(number): name for number, name in re.findall(r"^ *(\d+) \[(\S+) *\]", text, re.MULTILINE)}


def _open_error(direction: str, device: str, number: int) -> BoardError:
    cards = _kernels_cards()
    controls = {name: f"/dev/snd/controlC{number}" for number, name in cards.items()}
    forbidden = [name for name, control in controls.items() if not os.access(control, os.R_OK | os.W_OK)]
    return pcm_errors.unopened(direction, device, number, list(cards.values()), forbidden)


def sound_devices(direction: str) -> list[PcmInfo]:
    """The PCMs for ``capture`` or ``playback`` that a person would choose from; none without alsa-lib."""
    return alsa_names.choices(libasound.pcm_names(direction)) if is_installed() else []
