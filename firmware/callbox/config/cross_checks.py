"""Checks that no single value can fail: a pin used twice, two ways to a bot, a button whose bot isn't there. On the raw
values, so that all errors come at once. Pure.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callbox.config.merge import at
from callbox.config.messages import SCHEMA, dotted, is_words
from callbox.config.schema import (
    KINDS_WITHOUT_GPIO,
    NAME_PATTERN,
    TOOL_NAME_PATTERN,
    ButtonSettings,
    header_problem,
)
from callbox.config.yaml_file import Path
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.light_specs import RING_PIXELS

_PINS = (
    (("board", "button", "pin"), 17),
    (("board", "lamps", "status", "pin"), 22),
    (("board", "lamps", "microphone", "pin"), 27),
    (("board", "mute_switch", "pin"), None),
    (("board", "hook_switch", "pin"), None),
    (("board", "rotary_dial", "pulse_pin"), None),
    (("board", "rotary_dial", "off_normal_pin"), None),
    (("board", "volume_knob", "a_pin"), None),
    (("board", "volume_knob", "b_pin"), None),
    (("board", "amplifier", "pin"), None),
    (("board", "bell", "pin"), None),
)
"""Where pins are, and their defaults; beside those of `board.buttons`."""
_LAMPS: tuple[Path, ...] = (("board", "lamps", "status"), ("board", "lamps", "microphone"))
_SPI0 = range(7, 12)
"""Chip selects, MISO, MOSI and clock, which the kernel takes with ``dtparam=spi=on``."""
_ONE_PIXEL = ("rgb", "led_class", "led_class_rgb")
_LAMP_PINS = ("red_pin", "green_pin", "blue_pin", "data_pin", "clock_pin", "power_pin")
"""Of lamps of other kinds than pin."""
_CONTACTS: tuple[Path, ...] = (("board", "button"), ("board", "mute_switch"), ("board", "hook_switch"))
"""What is a pin or a key; beside `board.buttons`."""
CALLS = ("call", "call_or_hang_up", "push_to_talk")
"""Actions that call."""
_GESTURES = ("on_press", "on_double_press", "on_hold")
_PULLED_UP = (2, 3)
"""The board has resistors of 1.8 kilohms from these to 3.3 V, for I2C."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NAMES = {
    NAME_PATTERN: "of a-z, 0-9 and -, at most 32 characters",
    TOOL_NAME_PATTERN: "of a-z, 0-9 and _, at most 64 characters, the first of them a letter",
}
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""In the payload of a tool; it stands for an argument."""
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Conflict of two settings: the place to show it at, the rest of the sentence, and the other place."""

    path: Path
    text: str
    other: Path | None = None


def conflicts(data: Any, *, complete: bool = True) -> Iterator[Conflict]:
    """Each conflict in `data`. `complete`: nothing is missing in it because a file can't be read."""
    yield from _characters(data, ())
    yield from _pins(data)
    yield from _pulls(data)
    yield from _shared_lamp(data)
    yield from _spi(data)
    yield from _keys(data, complete=complete)
    yield from _bots(data, complete=complete)
    if complete:
        yield from _keys_to_dial(data)
    yield from _buttons(data, complete=complete)
    yield from _panel(data, complete=complete)
    yield from _quiet_hours(data, complete=complete)
    yield from _wake(data, complete=complete)
    yield from _tools(data, complete=complete)
    yield from _fleet(data, complete=complete)
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
        yield Conflict(path, f"holds U+{ord(found[0]):04X}, {kind}; take it out")


def _quiet_hours(data: Any, *, complete: bool) -> Iterator[Conflict]:
    hours = at(data, ("quiet_hours",))
    if not isinstance(hours, dict):
        return
    start, end = hours.get("start"), hours.get("end")
    if isinstance(start, str) and isinstance(end, str) and start.zfill(5) == end.zfill(5):  # 7:00 is 07:00
        yield Conflict(("quiet_hours", "end"), f"is {end}, as is quiet_hours.start: no time is left")
    limit, volume = hours.get("max_volume_percent"), at(data, ("speaker", "volume_percent"))
    if complete and limit is not None and volume is None:
        text = "needs speaker.volume_percent, to know the volume after quiet hours"
        yield Conflict(("quiet_hours", "max_volume_percent"), text)


def _wake(data: Any, *, complete: bool) -> Iterator[Conflict]:
    """Wake words of bots that aren't there, twice the same, or beside a button that alone lets speech leave."""
    words = at(data, ("wake", "words"))
    used: dict[Any, Path] = {}
    names = bot_names(data)
    for number, word in enumerate(words if isinstance(words, list) else ()):
        if not isinstance(word, dict):
            continue
        bot, place = word.get("bot"), ("wake", "words", number, "bot")
        if isinstance(bot, str) and complete and bot not in names:
            yield Conflict(place, _unknown_bot(bot, data, names), ("bots",))
        model, where = word.get("model"), ("wake", "words", number, "model")
        if isinstance(model, str) and (other := used.setdefault(model, where)) != where:
            yield Conflict(where, f"{model} is listened for already: {dotted(other)}", other)
    if at(data, ("wake", "enabled")) is not True:
        return
    if used and all(isinstance(word, dict) and word.get("action") == "hang_up" for word in words):
        yield Conflict(("wake", "words", 0, "action"), "is hang_up, as are all others: no word is left that calls")
    if at(data, ("wake", "interrupt")) is True and at(data, ("sound", "echo")) == "half_duplex":
        text = "sound.echo is half_duplex: the microphone is silent while the bot speaks"
        yield Conflict(("wake", "interrupt"), text, ("sound", "echo"))
    for path in (("board", "button"), *_further_buttons(data)):
        if at(data, (*path, "on_press")) == "push_to_talk":
            text = f"{dotted(path)}.on_press is push_to_talk: speech leaves only while it is down"
            yield Conflict(("wake", "enabled"), f"{text}; choose one of them", (*path, "on_press"))


def pins(data: Any) -> Iterator[tuple[Path, int, bool]]:
    """Each pin that is used: where it stands, its number, whether that is so by default."""
    if at(data, ("board", "kind")) in KINDS_WITHOUT_GPIO:
        return
    further: list[tuple[Path, None]] = [((*path, "pin"), None) for path in _further_buttons(data)]
    further += [((*path, key), None) for path in _LAMPS for key in _LAMP_PINS]
    keypad: list[tuple[Path, None]] = [(path, None) for path in _keypad_pins(data)]
    for path, default in (*_PINS, *keypad, *further):
        pin = at(data, path, _ABSENT)
        section = at(data, path[:-1], _ABSENT)
        is_key = at(data, (*path[:-1], "key")) is not None
        is_other_kind = path[:-1] in _LAMPS and isinstance(section, dict) and section.get("kind", "pin") != "pin"
        by_default = pin is _ABSENT and section is not None and not is_key and not is_other_kind
        if by_default:
            pin = default
        if isinstance(pin, int) and not isinstance(pin, bool):
            yield path, pin, by_default


def reserved_pins(data: Any, reserved: Mapping[int, str], board: str) -> Iterator[Conflict]:
    """Each pin in use that `board` uses itself: `reserved` says for what."""
    for path, pin, by_default in pins(data):
        if pin in reserved:
            note = " (by default)" if by_default else ""
            text = (
                f"GPIO {pin}{note} is used by {board}: {reserved[pin]}; take another pin, or set board.preset to none"
            )
            yield Conflict(path, text)


def _pins(data: Any) -> Iterator[Conflict]:
    used: dict[int, tuple[Path, bool]] = {}
    for path, pin, by_default in pins(data):
        if pin not in used:
            used[pin] = (path, by_default)
            continue
        other, other_by_default = used[pin]
        here, there = (other, path) if by_default else (path, other)
        note = " (by default)" if by_default or other_by_default else ""
        yield Conflict(here, f"GPIO {pin} is used twice; the other one is {dotted(there)}{note}", there)


def _pulls(data: Any) -> Iterator[Conflict]:
    contacts: list[tuple[Path, str]] = [
        (("board", "button"), "button"),
        (("board", "mute_switch"), "switch"),
        (("board", "hook_switch"), "switch"),
    ]
    for path, name in (*contacts, *((path, "button") for path in _further_buttons(data))):
        if at(data, (*path, "pull")) != "down":
            continue
        pin = next((pin for place, pin, _ in pins(data) if place[:-1] == path), None)
        if pin in _PULLED_UP:
            text = f"GPIO {pin} has a resistor to 3.3 V on the board, so the {name} must connect it to ground"
            yield Conflict((*path, "pull"), f"{text}: pull up; or take another pin", (*path, "pin"))


def _spi(data: Any) -> Iterator[Conflict]:
    """The status lamp's SPI: it, or two pins; its pins, used by another part."""
    lamp = at(data, _LAMPS[0])
    if not isinstance(lamp, dict) or lamp.get("kind") not in ("apa102", "ws2812"):
        return
    spi = lamp.get("spi", "0.0" if lamp["kind"] == "ws2812" else None)
    given = [key for key in ("data_pin", "clock_pin") if lamp.get(key) is not None]
    if lamp["kind"] == "apa102" and (len(given) != (0 if spi else 2)):
        yield Conflict(_LAMPS[0], "needs either spi, or data_pin and clock_pin")
    if isinstance(spi, str) and spi.startswith("0."):
        for place, pin, by_default in pins(data):
            if pin in _SPI0 and place[:-1] != _LAMPS[0]:
                note = " (by default)" if by_default else ""
                text = f"GPIO {pin}{note} belongs to SPI bus 0, at which the status lamp is; take another pin"
                yield Conflict(place, text, _LAMPS[0])


def _shared_lamp(data: Any) -> Iterator[Conflict]:
    """What shows the microphone on the status lamp."""
    status, microphone = (at(data, path, _ABSENT) for path in _LAMPS)
    if not isinstance(microphone, dict) or microphone.get("kind") != "status":
        return
    path = (*_LAMPS[1], "kind")
    if status is None:
        yield Conflict(path, "there is no status lamp to be a part of", _LAMPS[0])
        return
    lamp = status if isinstance(status, dict) else {}
    kind = lamp.get("kind", "pin")
    if kind == "pin":
        text = "the status lamp has no colour, so no part of it can show the microphone; give it a pin of its own"
        yield Conflict(path, text, _LAMPS[0])
    elif kind in _ONE_PIXEL and isinstance(microphone.get("pixels"), list) and microphone["pixels"]:
        place = (*_LAMPS[1], "pixels")
        text = "the status lamp has one pixel, whose red component shows the microphone; leave this out"
        yield Conflict(place, text, _LAMPS[0])
    else:
        yield from _shared_pixels(microphone.get("pixels"), RING_PIXELS if kind == "usb_ring" else lamp.get("pixels"))


def _shared_pixels(shared: Any, count: Any) -> Iterator[Conflict]:
    """Pixels of the microphone that the status lamp doesn't have, or all that it has."""
    if not isinstance(shared, list) or type(count) is not int:
        return
    place = (*_LAMPS[1], "pixels")
    if wrong := [pixel for pixel in shared if type(pixel) is int and pixel >= count]:
        yield Conflict(place, f"there is no pixel {wrong[0]}; the last one is {count - 1}")
    elif count > 1 and len({pixel for pixel in shared if type(pixel) is int}) >= count:
        yield Conflict(place, "leaves no pixel for the status")


def _keys(data: Any, *, complete: bool) -> Iterator[Conflict]:
    """Contacts that are both a pin and a key, or neither; a key that is used twice."""
    used: dict[tuple[Any, Any], Path] = {}
    for path in (*_CONTACTS, *_further_buttons(data)):
        contact = at(data, path)
        if not isinstance(contact, dict):
            continue
        key, pin = contact.get("key"), contact.get("pin")
        place = (*path, "key")
        if key is not None and pin is not None:
            yield Conflict(place, "and pin are both given; one of them is enough", (*path, "pin"))
        elif key is None and pin is None and (path != _CONTACTS[0] or "pin" in contact) and complete:
            yield Conflict(path, "needs pin, a GPIO number, or key, such as KEY_PHONE")
        elif key is None and contact.get("input", "*") != "*" and complete:
            yield Conflict((*path, "input"), "is the device of key, which is missing", place)
        device = contact.get("input", "*")
        is_text = isinstance(key, str) and isinstance(device, str)
        if is_text and (other := used.setdefault((key, device), place)) != place:
            yield Conflict(place, f"{key} is used twice; the other one is {dotted(other)}", other)


def _further_buttons(data: Any) -> list[Path]:
    buttons = at(data, ("board", "buttons"))
    return [("board", "buttons", name) for name in buttons] if isinstance(buttons, dict) else []


def _keypad_pins(data: Any) -> Iterator[Path]:
    for side in ("row_pins", "column_pins"):
        found = at(data, ("board", "keypad", side))
        yield from (("board", "keypad", side, number) for number in range(len(found) if isinstance(found, list) else 0))


def _keys_to_dial(data: Any) -> Iterator[Conflict]:
    """Bots whose key no keypad has: `*` and `#` are on each, A to D on one of 4 columns."""
    bots, columns = at(data, ("bots",)), at(data, ("board", "keypad", "column_pins"))
    count = len(columns) if isinstance(columns, list) else 0
    for path in (("bot",), *(("bots", name) for name in (bots if isinstance(bots, dict) else ()))):
        place = (*path, "dial_digit")
        match at(data, place):
            case "*" | "#" as key if count == 0:
                needs = "board.keypad"
            case "A" | "B" | "C" | "D" as key if count < 4:
                needs = "board.keypad with 4 columns"
            case _:
                continue
        yield Conflict(place, f"key {key} needs {needs}; with a rotary dial take one of 0 to 9", ("board", "keypad"))


def _buttons(data: Any, *, complete: bool) -> Iterator[Conflict]:
    """Names of buttons, what their gestures mean, and the bots that they call."""
    yield from _names(data, ("board", "buttons"), "a button")
    if at(data, ("board", "buttons", MAIN_BUTTON), _ABSENT) is not _ABSENT:
        text = "is the name of board.button; give this one another name"
        yield Conflict(("board", "buttons", MAIN_BUTTON), text, ("board", "button"))
    names = bot_names(data)
    for path in (("board", "button"), *_further_buttons(data)):
        button = at(data, path)
        if not isinstance(button, dict):
            continue
        yield from _gestures(button, path)
        yield from _times(button, path)
        bot, place = button.get("bot"), (*path, "bot")
        if isinstance(bot, str) and complete and bot not in names:
            yield Conflict(place, _unknown_bot(bot, data, names), ("bots",))


def _unknown_bot(bot: str, data: Any, names: list[str]) -> str:
    """Which bots there are instead of `bot`. It is repeated if it is words, or near to one of them."""
    near = difflib.get_close_matches(bot.lower().replace("_", "-"), names, 1, 0.6)
    wrong = f"there is no bot {bot}" if near or is_words(bot) else "there is no such bot"
    if not isinstance(at(data, ("bots",)), dict) or not names:
        return f"{wrong}; there are no bots to choose from: leave it out, or name several in bots"
    there = f"there is only {names[0]}" if len(names) == 1 else f"there are {', '.join(names)}"
    return f"{wrong}; {there}" + (f"; did you mean {near[0]}?" if near and len(names) > 1 else "")


def _gestures(button: dict[str, Any], path: Path) -> Iterator[Conflict]:
    """Gestures of one button that mean the same, or nothing."""
    actions = {
        gesture: button.get(gesture, "call_or_hang_up" if gesture == "on_press" else "none") for gesture in _GESTURES
    }
    invalid = [name for name in _GESTURES if actions[name] not in (SCHEMA.at((*path, name)) or {}).get("enum", ())]
    # An invalid action has its own message; what was meant by it isn't known.
    actions |= dict.fromkeys(invalid, "invalid")
    if all(action == "none" for action in actions.values()):
        yield Conflict((*path, "on_press"), "this button does nothing; set on_press, on_double_press or on_hold")
    if not invalid and isinstance(button.get("bot"), str) and not any(action in CALLS for action in actions.values()):
        yield Conflict((*path, "bot"), "this button calls nobody; set on_press to call, or leave bot out")
    if actions["on_press"] == "push_to_talk" and actions["on_hold"] not in ("none", "invalid"):
        yield Conflict((*path, "on_hold"), "this button is held to talk (on_press); leave it out", (*path, "on_press"))
    for gesture in ("on_double_press", "on_hold"):
        same = next(
            (first for first in _GESTURES[: _GESTURES.index(gesture)] if actions[first] == actions[gesture]), None
        )
        if same and actions[gesture] not in ("none", "invalid"):
            place = (*path, gesture)
            text = f"means {actions[gesture]}, as {same} does; a press would only act later: leave it out"
            yield Conflict(place, text, (*path, same))


_DEFAULT_BUTTON = ButtonSettings()


def _times(button: dict[str, Any], path: Path) -> Iterator[Conflict]:
    """Times of one button by which a gesture can't be made, or is always made."""
    debounce_ms, double_press_ms, hold_ms = (
        value if isinstance(value := button.get(name, getattr(_DEFAULT_BUTTON, name)), int) else None
        for name in ("debounce_ms", "double_press_ms", "hold_ms")
    )
    if debounce_ms is not None and hold_ms is not None and hold_ms <= debounce_ms:
        place = (*path, "hold_ms" if "hold_ms" in button else "debounce_ms")
        text = f"hold_ms is {hold_ms} and debounce_ms {debounce_ms}: each press would be a hold; hold_ms must be more"
        yield Conflict(place, text)
    wants_double = button.get("on_double_press", "none") not in ("none", None)
    if wants_double and debounce_ms is not None and double_press_ms is not None and double_press_ms <= debounce_ms:
        place = (*path, "double_press_ms" if "double_press_ms" in button else "debounce_ms")
        text = f"double_press_ms is {double_press_ms} and debounce_ms {debounce_ms}: no double press is noticed"
        yield Conflict(place, f"{text}; double_press_ms must be more", (*path, "on_double_press"))


def _names(data: Any, path: Path, what: str, pattern: str = NAME_PATTERN) -> Iterator[Conflict]:
    named = at(data, path)
    for name in named if isinstance(named, dict) else ():
        if not re.search(pattern, str(name)):
            yield Conflict((*path, name), f"the name of {what} is {_NAMES[pattern]}")


def _panel(data: Any, *, complete: bool) -> Iterator[Conflict]:
    if at(data, ("board", "kind")) != "panel":
        return
    enabled, address = at(data, ("panel", "enabled")), at(data, ("panel", "address"))
    if enabled is not True:
        text = "the button is in the panel's page, and nobody would see it: set panel.enabled to true"
        yield Conflict(("board", "kind"), text, ("panel", "enabled"))
    elif complete and at(data, ("panel", "token")) is None:
        text = "the button is in the panel's page, which only shows without a token: set panel.token"
        yield Conflict(("board", "kind"), text)
    if isinstance(address, str) and address not in ("127.0.0.1", "::1"):
        text = "with board.kind panel it must be 127.0.0.1 or ::1: browsers lend their "
        yield Conflict(("panel", "address"), text + "microphone to pages of this machine only", ("board", "kind"))


def bot_names(data: Any) -> list[str]:
    """The names of all bots in `data`, in their order."""
    bots = at(data, ("bots",))
    if isinstance(bots, dict) and bots:
        return [str(name) for name in bots]
    return ["bot"] if isinstance(at(data, ("bot",)), dict) else []


def _bots(data: Any, *, complete: bool) -> Iterator[Conflict]:
    one, several = at(data, ("bot",)), at(data, ("bots",))
    is_one, are_several = one is not None, several not in (None, {})
    if is_one and are_several:
        yield Conflict(("bots",), "and bot are both given; move the one into bots, by a name", ("bot",))
    elif not is_one and several == {} and complete:
        yield Conflict(("bots",), "is empty; write each bot by its name, with its start_url or offer_url")
    elif not is_one and not are_several and complete:
        about = "where the bot is, by exactly one of start_url and offer_url; or several of them, in bots, by name"
        yield Conflict(("bot",), f"is missing ({about})")
    yield from _names(data, ("bots",), "a bot")
    yield from _bot(one, ("bot",), complete=complete)
    if isinstance(several, dict):
        for name, bot in several.items():
            yield from _bot(bot, ("bots", name), complete=complete)
        yield from _dial_digits(several)


def _dial_digits(bots: dict[str, Any]) -> Iterator[Conflict]:
    """Digits that two bots have."""
    used: dict[str, Path] = {}
    for name, bot in bots.items():
        digit, place = bot.get("dial_digit") if isinstance(bot, dict) else None, ("bots", name, "dial_digit")
        if isinstance(digit, str) and (other := used.setdefault(digit, place)) != place:
            yield Conflict(place, f"{digit} is used twice; the other one is {dotted(other)}", other)


def _bot(bot: Any, path: Path, *, complete: bool) -> Iterator[Conflict]:
    if not isinstance(bot, dict):
        return
    key = dotted(path)
    given = [name for name in ("start_url", "offer_url") if bot.get(name) is not None]
    if not given and complete:
        yield Conflict(path, "needs start_url or offer_url, the address of the bot")
    elif len(given) == 2:
        text = f"and {key}.start_url are both given; one of them is enough"
        yield Conflict((*path, "offer_url"), text, (*path, "start_url"))
    if bot.get("offer_url") is not None and bot.get("transport") in ("websocket", "daily"):
        needs = f"{key}.transport {bot['transport']} needs start_url"
        yield Conflict((*path, "offer_url"), f"is for webrtc only; {needs}", (*path, "transport"))
    if bot.get("standby") == "hot" and bot.get("transport") in ("websocket", "daily"):
        text = f"hot is for transport webrtc only, and {key}.transport is {bot['transport']}"
        yield Conflict((*path, "standby"), text, (*path, "transport"))
    headers = bot.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if problem := header_problem(str(name), value if isinstance(value, str) else ""):
            yield Conflict((*path, "headers", name), problem)
    urls, addresses = bot.get("fallback_urls"), [bot[name] for name in given]
    for number, url in enumerate(urls if isinstance(urls, list) else ()):
        place = (*path, "fallback_urls", number)
        if url in addresses:
            yield Conflict(place, "is tried already; another address belongs here")
        addresses.append(url)


def _fleet(data: Any, *, complete: bool) -> Iterator[Conflict]:
    fleet = at(data, ("fleet",))
    if not isinstance(fleet, dict) or not complete:
        return
    sources = [name for name in ("url", "topic") if fleet.get(name) is not None]
    if fleet.get("public_key") is None and sources:
        yield Conflict(("fleet", sources[0]), "needs fleet.public_key: what the settings are signed by")
    if fleet.get("public_key") is not None and not sources:
        yield Conflict(("fleet",), "needs url or topic: where the signed settings come from")
    if fleet.get("topic") is not None and not isinstance(at(data, ("mqtt",)), dict):
        yield Conflict(("fleet", "topic"), "needs a broker: mqtt", ("mqtt",))
    healthy, limit = fleet.get("healthy_for_s", 600), fleet.get("give_up_after_s", 3600)
    if isinstance(healthy, int) and isinstance(limit, int) and healthy >= limit:
        text = f"is {healthy}, and fleet.give_up_after_s {limit}: no version could be accepted"
        yield Conflict(("fleet", "healthy_for_s"), text)


def _tools(data: Any, *, complete: bool) -> Iterator[Conflict]:
    published = at(data, ("tools", "publish"))
    if not isinstance(published, dict) or not published:
        return
    if complete and not isinstance(at(data, ("mqtt",)), dict):
        yield Conflict(("tools", "publish"), "needs a broker: mqtt", ("mqtt",))
    yield from _names(data, ("tools", "publish"), "a tool", TOOL_NAME_PATTERN)
    prefix = at(data, ("mqtt", "prefix"), "callbox")
    for name, tool in published.items():
        path: Path = ("tools", "publish", name)
        yield from _names(data, (*path, "arguments"), "an argument", TOOL_NAME_PATTERN)
        if isinstance(tool, dict):
            yield from _tool(tool, path, prefix)


def _tool(tool: dict[str, Any], path: Path, prefix: Any) -> Iterator[Conflict]:
    topic, payload, arguments = (tool.get(key) for key in ("topic", "payload", "arguments"))
    if isinstance(topic, str) and isinstance(prefix, str) and f"{topic}/".startswith(f"{prefix}/"):
        place = (*path, "topic")
        text = f"is below mqtt.prefix ({prefix}), where boxes take commands: one of them opens the microphone"
        yield Conflict(place, f"{text}; take another topic", ("mqtt", "prefix"))
    arguments = arguments if isinstance(arguments, dict) else {}
    for name, argument in arguments.items():
        if isinstance(argument, dict):
            yield from _tool_argument(argument, (*path, "arguments", name))
    for name in PLACEHOLDER.findall(payload) if isinstance(payload, str) else ():
        place, argument = (*path, "payload"), arguments.get(name)
        if argument is None:
            yield Conflict(place, f"{{{name}}} stands for an argument, and there is none of that name")
        elif isinstance(argument, dict) and argument.get("required") is False:
            text = f"{{{name}}} stands for an argument that may be left out (required: false)"
            yield Conflict(place, text, (*path, "arguments", name))


def _tool_argument(argument: dict[str, Any], path: Path) -> Iterator[Conflict]:
    kind, low, high = (argument.get(key) for key in ("type", "minimum", "maximum"))
    for keys, kinds in ((("enum", "max_length"), ("string",)), (("minimum", "maximum"), ("integer", "number"))):
        for key in keys:
            if argument.get(key) is not None and isinstance(kind, str) and kind not in kinds:
                yield Conflict((*path, key), f"is for type {' or '.join(kinds)}, and this is {kind}")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield Conflict((*path, "minimum"), f"is {low:g}, more than maximum, which is {high:g}", (*path, "maximum"))


def _secrets(value: Any, path: Path) -> Iterator[Conflict]:
    if not isinstance(value, dict):
        return
    sources = [name for name in ("credential", "file", "env") if value.get(name) is not None]
    if len(sources) != 1:
        given_names = " and ".join(sources) or "none of them"
        yield Conflict(path, f"a reference needs exactly one of credential, file and env; here is {given_names}")
    if isinstance(name := value.get("credential"), str) and "/" in name:
        text = "is the name of a file in /etc/callbox/credentials alone, without a /; a path goes to file"
        yield Conflict((*path, "credential"), text)
