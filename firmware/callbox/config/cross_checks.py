"""What no single value can tell: a pin used twice, two ways to the bot. On the raw values, so that all errors
come at once. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callbox.config.messages import SCHEMA, dotted
from callbox.config.schema import KINDS_WITHOUT_GPIO
from callbox.config.yaml_file import Path

_PINS = (
    (("board", "button", "pin"), 17),
    (("board", "lamps", "status", "pin"), 22),
    (("board", "lamps", "microphone", "pin"), 27),
    (("board", "mute_switch", "pin"), None),
)
"""Where pins are, and their defaults."""
_PULLED_UP = (2, 3)
"""The board has resistors of 1.8 kilohms from these to 3.3 V, for I2C."""
_I2S = range(18, 22)
_I2S_CARD = re.compile(
    r"hifiberry|sndrpi|snd_rpi|seeed|voicehat|voicecard|wm8960|iqaudio|audioinjector|max98357|i2s", re.I
)
"""ALSA's names of cards that sit on the header and get their sound by GPIO 18 to 21."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is wrong, where it is best told, and the other place that has a part in it."""

    path: Path
    text: str
    other: Path | None = None


def conflicts(data: Any, *, complete: bool = True) -> Iterator[Conflict]:
    """Each conflict in `data`. `complete`: nothing is missing in it because a file can't be read."""
    yield from _characters(data, ())
    yield from _pins(data)
    yield from _pulls(data)
    yield from _bot(data, complete=complete)
    yield from _panel(data)
    for path, value in SCHEMA.secrets(data):
        if SCHEMA.is_reference(path):
            yield from _secrets(value, path)


def _characters(data: Any, path: Path) -> Iterator[Conflict]:
    """Texts that can't be encoded, or steer a terminal. Line feeds and tabs of a block are no harm."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _characters(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _characters(value, (*path, number))
    elif isinstance(data, str) and (found := _FORBIDDEN.search(data)):
        kind = "half of a character" if found[0] >= "\ud800" else "a control character"
        yield Conflict(path, f"{dotted(path)}: holds U+{ord(found[0]):04X}, {kind}; take it out")


def pins(data: Any) -> Iterator[tuple[Path, int, bool]]:
    """Each pin that is used: where it stands, its number, whether that is so by default."""
    if _at(data, ("board", "kind")) in KINDS_WITHOUT_GPIO:
        return
    for path, default in _PINS:
        pin = _at(data, path)
        by_default = pin is _ABSENT and _at(data, path[:-1]) is not None
        if by_default:
            pin = default
        if isinstance(pin, int) and not isinstance(pin, bool):
            yield path, pin, by_default


def likely_mistakes(data: Any) -> Iterator[Conflict]:
    """What may well be wrong, and needn't be."""
    for part in ("microphone", "speaker"):
        card = _at(data, (part, "device"))
        if not isinstance(card, str) or not _I2S_CARD.search(card):
            continue
        for path, pin, _ in pins(data):
            if pin in _I2S:
                text = f"GPIO {pin} carries the sound of a card on the header, as {part}.device {card} seems to be"
                yield Conflict(path, f"{dotted(path)}: {text}; take a pin other than 18 to 21", (part, "device"))


def _pins(data: Any) -> Iterator[Conflict]:
    used: dict[int, tuple[Path, bool]] = {}
    for path, pin, by_default in pins(data):
        if pin not in used:
            used[pin] = (path, by_default)
            continue
        other, other_by_default = used[pin]
        here, there = (other, path) if by_default else (path, other)
        note = " (by default)" if by_default or other_by_default else ""
        yield Conflict(here, f"{dotted(here)}: GPIO {pin} is used twice; the other one is {dotted(there)}{note}", there)


def _pulls(data: Any) -> Iterator[Conflict]:
    for part, name in (("button", "button"), ("mute_switch", "switch")):
        path: Path = ("board", part)
        pin = next((pin for place, pin, _ in pins(data) if place[:2] == path), None)
        if pin in _PULLED_UP and _at(data, (*path, "pull")) == "down":
            text = f"GPIO {pin} has a resistor to 3.3 V on the board, so the {name} must connect it to ground"
            yield Conflict((*path, "pull"), f"board.{part}.pull: {text}: pull up; or take another pin", (*path, "pin"))


def _panel(data: Any) -> Iterator[Conflict]:
    if _at(data, ("board", "kind")) != "panel":
        return
    enabled, address = _at(data, ("panel", "enabled")), _at(data, ("panel", "address"))
    if enabled is not True:
        text = "board.kind: the button is in the panel's page, and nobody would see it: set panel.enabled to true"
        yield Conflict(("board", "kind"), text, ("panel", "enabled"))
    if isinstance(address, str) and address not in ("127.0.0.1", "::1"):
        text = "panel.address: with board.kind panel it must be 127.0.0.1 or ::1: browsers lend their "
        yield Conflict(("panel", "address"), text + "microphone to pages of this machine only", ("board", "kind"))


def _bot(data: Any, *, complete: bool) -> Iterator[Conflict]:
    bot = _at(data, ("bot",))
    if not isinstance(bot, dict):
        return
    given = [name for name in ("start_url", "offer_url") if bot.get(name) is not None]
    if not given and complete:
        yield Conflict(("bot",), "bot: needs start_url or offer_url, the address of the bot")
    elif len(given) == 2:
        text = "bot.offer_url: and bot.start_url are both given; one of them is enough"
        yield Conflict(("bot", "offer_url"), text, ("bot", "start_url"))
    if bot.get("offer_url") is not None and bot.get("transport") in ("websocket", "daily"):
        needs = f"bot.transport {bot['transport']} needs start_url"
        yield Conflict(("bot", "offer_url"), f"bot.offer_url: is for webrtc only; {needs}", ("bot", "transport"))

    if bot.get("standby") == "hot" and bot.get("transport") in ("websocket", "daily"):
        text = f"bot.standby: hot is for transport webrtc only, and bot.transport is {bot['transport']}"
        yield Conflict(("bot", "standby"), text, ("bot", "transport"))


def _secrets(value: Any, path: Path) -> Iterator[Conflict]:
    if not isinstance(value, dict):
        return
    sources = [name for name in ("credential", "file", "env") if value.get(name) is not None]
    if len(sources) != 1:
        given_names = " and ".join(sources) or "none of them"
        text = f"a reference needs exactly one of credential, file and env; here is {given_names}"
        yield Conflict(path, f"{dotted(path)}: {text}")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(data, dict):
            return _ABSENT
        data = data.get(step, _ABSENT)
    return data
