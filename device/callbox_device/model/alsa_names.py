"""The names of ALSA's PCMs and cards, and what to say about them. Pure."""

import re

from callbox_device.interfaces import STALL_S, BoardError, PartBusy, PartFailed, PartMissing, PcmInfo

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


def missing_card(device: str, cards: list[str]) -> str | None:
    """Reason why `device` can't work on a machine with these `cards`; None: nothing speaks against it.

    Looks at the name only, and opens nothing: a microphone is not opened to see whether it is there.
    """
    if not is_card_pcm(device):
        return None
    card = _card_in(device)
    known = (
        card in cards or (card.isdecimal() and len(card) < 4 and int(card) < len(cards)) or (not card and bool(cards))
    )
    return None if known else f"There is no sound card {card!r}. {_cards(cards)}"


def unopened(direction: str, device: str, reason: str, cards: list[str], forbidden: list[str]) -> BoardError:
    """Error for a `device` that could not be opened because of ALSA's `reason`.

    `forbidden`: those of the `cards` that this user may not use. ALSA calls them missing.
    """
    part = _PARTS[direction]
    if "busy" in reason:
        return PartBusy(
            f"The {part} {device!r} is held by another program. `fuser -v /dev/snd/*` says which; "
            "or use `default`, which can be shared."
        )
    is_forbidden = bool(forbidden) and (not is_card_pcm(device) or _card_in(device) in forbidden)
    is_missing = "No such" in reason or "not found" in reason
    if "Permission" in reason or (is_missing and is_forbidden):
        return PartMissing(f"No permission for the {part} {device!r}: add this user to the group `audio`.")
    if is_missing:
        return PartMissing(f"There is no {part} {device!r}. {_cards(cards)}")
    if any(gone in reason for gone in _SERVER_GONE):
        text = f"The sound server behind the {part} {device!r} does not run ({reason})."
        return PartMissing(text, sound_server="down")
    return PartFailed(f"The {part} {device!r} can't be opened: {reason}.")


def silent_server(direction: str, device: str) -> PartFailed:
    """Error for a `device` behind which a sound server takes the call and says nothing."""
    text = f"The {_PARTS[direction]} {device!r} does not answer: its sound server hangs."
    return PartFailed(text, sound_server="hangs")


def unusable(direction: str, device: str, offer: str) -> PartFailed:
    """A card that offers nothing which can be converted; `offer`: what it does offer."""
    return PartFailed(
        f"The {_PARTS[direction]} {device!r} gives {offer}, which can't be converted here. "
        "A name that begins with plughw: in place of hw: lets ALSA convert."
    )


def broken(direction: str, device: str, reason: str) -> PartFailed:
    """A PCM that worked, until `reason`."""
    if "No such device" in reason:
        return PartFailed(f"The {_PARTS[direction]} {device!r} is gone: was it pulled out?")
    if any(gone in reason for gone in _SERVER_GONE):
        text = f"The sound server behind the {_PARTS[direction]} {device!r} has ended ({reason})."
        return PartFailed(text, sound_server="down")
    return PartFailed(f"The sound card behind {device!r} stopped working: {reason}.")


def stalled(direction: str, device: str) -> PartFailed:
    """A card that is there, and stands still; what isn't a card's own has a sound server in between."""
    verb = "delivered" if direction == "capture" else "taken"
    text = f"The {_PARTS[direction]} {device!r} has {verb} nothing for {STALL_S:g} s."
    return PartFailed(text, sound_server=None if is_card_pcm(device) else "hangs")


_SERVER_GONE = ("Connection refused", "Connection terminated", "Host is down", "Broken pipe")
"""What the plugins of PulseAudio and PipeWire return without their daemon, in alsa-lib's words. A card returns none."""
_PARTS = {"capture": "microphone", "playback": "loudspeaker"}


def _card_in(device: str) -> str:
    return device.partition(":")[2].split(",", maxsplit=1)[0].removeprefix("CARD=")


def _cards(cards: list[str]) -> str:
    if not cards:
        return "This machine has no sound card at all: is it plugged in, is its driver loaded? (`aplay -l`)"
    return f"The cards here are: {', '.join(cards)}. For example: plughw:CARD={cards[0]}"
