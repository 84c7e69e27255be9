"""Ids of the parts on a machine: the HAT's EEPROM, sound cards, USB devices. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundCard:
    """One card of ``/proc/asound``."""

    id: str
    """ALSA's id, as in ``plughw:CARD=ID``."""
    pcm_ids: tuple[str, ...] = ()
    """The driver's name for each of its PCMs; an I2S card's names the codec: ``bcm2835-i2s-wm8960-hifi``."""
    usb_id: str | None = None
    """``vendor:product`` in hexadecimal, of a USB card; None: it is none."""


@dataclass(frozen=True, slots=True)
class HardwareIds:
    """All that a board can be recognised by."""

    hat_product: str | None = None
    """The product in the HAT's EEPROM; None: there is no EEPROM, or it wasn't read."""
    cards: tuple[SoundCard, ...] = ()
    usb_ids: tuple[str, ...] = ()
    """``vendor:product`` in hexadecimal, of every USB device."""


def cards_in(text: str) -> list[tuple[int, str]]:
    """Number and id of each card in the text of ``/proc/asound/cards``."""
    return [(int(number), name) for number, name in re.findall(r"^ *(\d+) \[(\S+) *\]", text, re.MULTILINE)]


def pcm_id_in(text: str) -> str | None:
    """The id in the text of ``/proc/asound/card0/pcm0p/info``; None: there is none."""
    found = re.search(r"^id: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else None


def usb_id(vendor: str, product: str) -> str | None:
    """``vendor:product`` in small letters; None: one of them is no number of four hexadecimal digits."""
    name = f"{vendor.strip()}:{product.strip()}".lower()
    return name if re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", name) else None


def unique(names: Iterable[str | None]) -> tuple[str, ...]:
    """`names` without None, each once, in their order."""
    return tuple(dict.fromkeys(name for name in names if name))
