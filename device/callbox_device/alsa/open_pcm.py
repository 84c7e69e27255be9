"""Which cards there are, and a PCM opened as what its card has."""

import logging
import os
import re
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


def open_pcm(direction: str, device: str, period_ms: int, buffer_ms: int) -> PcmStream:
    """Open a PCM as the box's own format, or as the nearest that can be converted. Raises `BoardError`.

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

    try:
        opened = open_as(PIPELINE_FORMAT)
        if opened.format != PIPELINE_FORMAT:
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
