"""The names of ALSA's PCMs and cards. Pure."""

import re
from collections.abc import Mapping

from callbox_device.interfaces import PcmInfo

_CARD_PCM_TYPES = ("hw", "plughw", "sysdefault", "default", "front", "dsnoop", "dmix", "iec958", "hdmi")
"""ALSA's own kinds of PCM that name a card: ``KIND:CARD,DEVICE`` or ``KIND:CARD=CARD,DEV=DEVICE``."""
_NUMBERED = re.compile(
    rf"""(?:^|[:'"]) (?:{"|".join(_CARD_PCM_TYPES)}|surround\d\d) :  # also within another: plug:hw:1
    [{{\s]* (?:DEV[=\s]\d+[,\s])? (?:CARD[=\s])? (\d{{1,9}})\b""",
    re.VERBOSE,
)


def choices(names: list[str]) -> list[PcmInfo]:
    """Of all PCMs that ALSA knows by name: ``default``, and each card with ALSA's conversions.

    A card is called by its own name, which stays with it; its number depends on what was plugged in first.
    """
    found = [PcmInfo("default", "whatever ALSA's configuration calls default")] if "default" in names else []
    for name in names:
        kind, _, place = name.partition(":")
        if kind == "plughw":  # the card itself, with ALSA converting rate and channels
            card, _, number = place.removeprefix("CARD=").partition(",DEV=")
            found.append(PcmInfo(name, f"{card}, device {number or '0'}"))
    return found


def recommended(devices: list[PcmInfo]) -> PcmInfo | None:
    """PCM for a person who doesn't know better: the first card that is no screen's, else what is; None: nothing is."""
    cards = [device for device in devices if device.name.startswith("plughw:")]
    audible = [device for device in cards if "hdmi" not in device.name.lower()]
    return next(iter([*audible, *devices]), None)


def numbered_card(device: str) -> int | None:
    """The number by which a PCM's name (``hw:1,0``, ``plug:hw:1``) names its card; None: it names none so."""
    found = _NUMBERED.search(device)
    return int(found[1]) if found else None


def is_card_pcm(device: str) -> bool:
    """Whether a PCM's name says that it is a card's own, with no sound server between."""
    kind, _, rest = device.partition(":")
    return kind in _CARD_PCM_TYPES and (kind != "default" or bool(rest))


def hardware_of(device: str) -> str | None:
    """The ``hw:`` PCM below ``plughw:`` or ``sysdefault:``; None: `device` is neither."""
    kind, _, place = device.partition(":")
    return f"hw:{place}" if kind in ("plughw", "sysdefault") and place else None


def missing_card(device: str, cards: Mapping[int, str]) -> str | None:
    """Reason why `device` can't work with these `cards`, by their numbers; None: nothing speaks against it.

    Looks at the name only, and opens nothing: a microphone is not opened to see whether it is there.
    """
    if not is_card_pcm(device):
        return None
    card = card_of(device)
    is_there = card in (*cards.values(), *map(str, cards)) or (not card and bool(cards))
    return None if is_there else f"There is no sound card {card!r}. {cards_here(list(cards.values()))}"


def card_of(device: str) -> str:
    """The card that the name of a card's own PCM names; empty: it names none."""
    arguments = device.partition(":")[2].split(",")
    named = next((argument for argument in arguments if argument.startswith("CARD=")), arguments[0])
    return named.removeprefix("CARD=") if not named.startswith("DEV=") else ""


def cards_here(cards: list[str]) -> str:
    """Sentence about the `cards` of a machine where one is missing."""
    if not cards:
        return "This machine has no sound card at all: is it plugged in, is its driver loaded? (`aplay -l`)"
    return f"The cards here are: {', '.join(cards)}. For example: plughw:CARD={cards[0]}"
