"""What no single value can tell: a pin used twice, two ways to the bot. On the raw values, so that all errors
come at once. Pure.
"""

from collections.abc import Iterator
from typing import Any

from callbox.settings.yaml_file import Path

_PINS = (
    (("board", "button", "pin"), 17),
    (("board", "lamps", "status", "pin"), 22),
    (("board", "lamps", "microphone", "pin"), 27),
)
"""Where pins are, and what they are when nothing is said."""
_ABSENT = object()


def conflicts(data: Any) -> Iterator[tuple[Path, str]]:
    """Each conflict in `data`, with the path where it is best told."""
    yield from _pins(data)
    yield from _bot(data)
    yield from _secrets(_at(data, ("mqtt", "password")), ("mqtt", "password"))
    headers = _at(data, ("bot", "headers"))
    for name, value in headers.items() if isinstance(headers, dict) else ():
        yield from _secrets(value, ("bot", "headers", name))
    servers = _at(data, ("bot", "ice_servers"))
    for number, server in enumerate(servers if isinstance(servers, list) else ()):
        yield from _secrets(_at(server, ("credential",)), ("bot", "ice_servers", number, "credential"))


def _pins(data: Any) -> Iterator[tuple[Path, str]]:
    if _at(data, ("board", "kind")) == "simulated":
        return
    used: dict[int, tuple[Path, bool]] = {}
    for path, default in _PINS:
        pin = _at(data, path)
        if pin is _ABSENT and _at(data, path[:-1]) is not None:
            pin, by_default = default, True
        else:
            by_default = False
        if not isinstance(pin, int) or isinstance(pin, bool):
            continue
        if pin not in used:
            used[pin] = (path, by_default)
            continue
        other, other_by_default = used[pin]
        here, there = (other, path) if by_default else (path, other)
        note = " (by default)" if by_default or other_by_default else ""
        yield here, f"{_dotted(here)}: GPIO {pin} is used twice; the other one is {_dotted(there)}{note}"


def _bot(data: Any) -> Iterator[tuple[Path, str]]:
    bot = _at(data, ("bot",))
    if not isinstance(bot, dict):
        return
    given = [name for name in ("start_url", "offer_url") if bot.get(name) is not None]
    if not given:
        yield ("bot",), "bot: needs start_url or offer_url, the address of the bot"
    elif len(given) == 2:
        yield ("bot", "offer_url"), "bot.offer_url: and bot.start_url are both given; one of them is enough"
    if bot.get("offer_url") is not None and bot.get("transport") in ("websocket", "daily"):
        needs = f"bot.transport {bot['transport']} needs start_url"
        yield ("bot", "offer_url"), f"bot.offer_url: is for webrtc only; {needs}"


def _secrets(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict):
        return
    sources = [name for name in ("credential", "file", "env") if value.get(name) is not None]
    if len(sources) != 1:
        said = " and ".join(sources) or "none of them"
        yield path, f"{_dotted(path)}: a reference needs exactly one of credential, file and env; here is {said}"


def _at(data: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(data, dict):
            return _ABSENT
        data = data.get(step, _ABSENT)
    return data


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
