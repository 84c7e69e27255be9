"""Schema of a board's preset, config/boards/NAME.yaml. Pure."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from callbox.config.schema import Pin, Settings
from callbox.config.section import Section, convert

HARDWARE = ("board", "microphone", "speaker", "sound")
"""Sections that say how the parts of a machine are wired and set; a preset sets nothing else."""
CARD = "{card}"
"""Stands in a preset's settings for the ALSA id of the board's card."""

CardId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,15}$")]
"""ALSA's id of a card: 15 characters at most."""


class Rule(Section):
    """Requirements of a machine for the board to be on it: all that is given here."""

    hat_product: str | None = None
    """Part of the product in the HAT's EEPROM (/proc/device-tree/hat/product)."""
    card: CardId | None = None
    """ALSA's id of the card (/proc/asound/cards)."""
    codec: str | None = None
    """Part of the id of one of this card's PCMs (/proc/asound/card0/pcm0p/info), which names the codec; with `card`."""
    usb_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}$")] | None = None
    """vendor:product."""

    def __post_init__(self) -> None:
        if not (self.hat_product or self.card or self.usb_id) or (self.codec and not self.card):
            raise ValueError("a rule needs hat_product, card or usb_id; codec goes with card")


class Reference(Section):
    """Source of a fact."""

    fact: str
    url: str | None = None
    """What was read; null: `unverified`."""
    unverified: bool = False
    """true: no source for it was read."""

    def __post_init__(self) -> None:
        if (self.url is None) != self.unverified:
            raise ValueError("a fact needs a url, or unverified: true")


class Preset(Section, kw_only=True):
    """A board: how it is recognised, what it needs, and the settings that fit it."""

    title: str
    maker: str
    page: str | None = None
    """The maker's page about it."""
    confirmed: str = "not yet"
    """Who has tried this preset with the real board, and when. Else it was made from documents alone."""
    recognise: tuple[Rule, ...] = ()
    """One of them is enough. Empty: the board can't be told from others; it is chosen by its name."""
    card: CardId | None = None
    """ALSA's id of its card where no rule has found one; null: it has no card."""
    settings: dict[str, Any] = {}
    """Settings of `board`, `microphone`, `speaker` and `sound`; what the user sets counts more, key by key."""
    reserved_pins: dict[Pin, str] = {}
    """GPIO that the board itself or the kernel's driver uses, and for what."""
    overlay: tuple[str, ...] = ()
    """Lines that /boot/firmware/config.txt needs, where no EEPROM brings them."""
    interfaces: tuple[Literal["i2c", "spi"], ...] = ()
    """Which of them has to be switched on (`dtparam=i2c_arm=on`, `dtparam=spi=on`)."""
    wiring: tuple[str, ...] = ()
    """What a person has to connect, one step each."""
    notes: tuple[str, ...] = ()
    """What a user should know: what doesn't work, what needs another firmware."""
    sources: tuple[Reference, ...]
    """Where each fact is from."""

    def __post_init__(self) -> None:
        if foreign := sorted(set(self.settings) - set(HARDWARE)):
            raise ValueError(f"sets {', '.join(foreign)}: not of this machine")
        convert(filled(self.settings, self.card or "Card"), Settings)

    def fragment(self, card: str | None) -> dict[str, Any]:
        """The settings, with the id of its card in its place; `card`: as it was found, None: as it is called else."""
        found: dict[str, Any] = filled(self.settings, card or self.card or "")
        return found


def filled(data: Any, card: str) -> Any:
    """`data` with the card's id for each `CARD`."""
    if isinstance(data, dict):
        return {key: filled(value, card) for key, value in data.items()}
    if isinstance(data, list):
        return [filled(value, card) for value in data]
    return data.replace(CARD, card) if isinstance(data, str) else data
