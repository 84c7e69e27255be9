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
from callbox_device.model import alsa_names
from callbox_device.model.sample_format import PIPELINE_FORMAT, WIDTHS, PcmFormat, nearest

log = logging.getLogger(__name__)

MISSING = "Sound needs alsa-lib: `sudo apt install libasound2` (in Debian 13 `libasound2t64`)."
_CARDS = Path("/proc/asound/cards")
_logged: set[tuple[str, PcmFormat]] = set()
_hardware_channels: dict[str, int] = {}
"""For each ``hw:`` PCM that was asked, the least number of channels that it captures."""
_CONVERTING = ("default", "pulse", "pipewire")
"""PCMs without a card's name that convert channels; one more channel than the microphone has is the same one twice."""


def open_pcm(direction: str, device: str, period_ms: int, buffer_ms: int, channel: int | None = None) -> PcmStream:
    """Open a PCM as the box's own format, or as the nearest that can be converted. Raises `BoardError`.

    `channel`: of a capture PCM, the one that is wanted, from 1; None: all that the card has.
    May wait for a sound server without end.
    """
    if not is_installed():
        raise PartMissing(MISSING)

    def open_as(wanted: PcmFormat) -> Pcm:
        opened = Pcm(direction, device)
        try:
            periods = max(2, round(buffer_ms / period_ms))
            opened.configure(wanted, wanted.rate_hz * period_ms // 1000, periods)
        except BaseException:
            opened.close()
            raise
        return opened  # its format may be any: a card gives what it has

    wanted = PIPELINE_FORMAT
    if direction == "capture":
        wanted = replace(wanted, channels=max(_capture_channels(device), channel or 1))
    try:
        opened = open_as(wanted)
        if opened.format != wanted:
            try:
                wanted = nearest(*opened.offered())
            finally:
                opened.close()
            opened = open_as(wanted)
    except AlsaError as error:
        raise _open_error(direction, device, error.reason) from error
    card = opened.format
    if card.name not in WIDTHS:
        opened.close()
        raise alsa_names.unusable(direction, device, str(card))
    if card != PIPELINE_FORMAT and (device, card) not in _logged:
        _logged.add((device, card))
        log.info("%s has %s; converted here to %s", device, card, PIPELINE_FORMAT)
    return PcmStream(opened, direction, device, buffer_ms)


def _capture_channels(device: str) -> int:
    """How many channels to ask a PCM for: all of a card's, where ALSA or a sound server would mix them to one."""
    if device in _CONVERTING:
        return 2
    hardware = alsa_names.hardware_of(device)
    if hardware is None:
        return 1
    if hardware not in _hardware_channels:
        try:
            pcm = Pcm("capture", hardware)
        except AlsaError:  # busy, or not there: opening `device` says so
            return 1
        try:
            _hardware_channels[hardware] = min(pcm.offered()[1])
        except AlsaError:
            return 1
        finally:
            pcm.close()
    return _hardware_channels[hardware]


def is_installed() -> bool:
    """Whether alsa-lib is there."""
    return libasound.is_installed()


def sound_cards() -> list[str]:
    """The names of this machine's sound cards, also of those that this user may not use; none without alsa-lib."""
    return list(_kernels_cards().values()) if is_installed() else []


def _kernels_cards() -> dict[int, str]:
    try:
        text = _CARDS.read_text(errors="replace")
    except OSError:  # no sound in this kernel
        return {}
    return {int(number): name for number, name in re.findall(r"^ *(\d+) \[(\S+) *\]", text, re.MULTILINE)}


def _open_error(direction: str, device: str, reason: str) -> BoardError:
    cards = _kernels_cards()
    controls = {name: f"/dev/snd/controlC{number}" for number, name in cards.items()}
    forbidden = [name for name, control in controls.items() if not os.access(control, os.R_OK | os.W_OK)]
    return alsa_names.unopened(direction, device, reason, list(cards.values()), forbidden)


def sound_devices(direction: str) -> list[PcmInfo]:
    """The PCMs for ``capture`` or ``playback`` that a person would choose from; none without alsa-lib."""
    return alsa_names.choices(libasound.pcm_names(direction)) if is_installed() else []
