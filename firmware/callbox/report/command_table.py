"""The commands that a box takes by MQTT: one row for each, from which come what is read and docs/mqtt.md. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callbox.appliance.remote import Order, Remote, SetVolume


def _nothing(order: Order) -> Callable[[Any], Order | None]:
    return lambda value: order if value is None else None


def _switch(on: Order, off: Order) -> Callable[[Any], Order | None]:
    return lambda value: (on if value else off) if isinstance(value, bool) else None


def _volume(value: Any) -> Order | None:
    return SetVolume(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100 else None


def _number(word: str) -> Order | None:
    return _volume(int(word)) if word.isascii() and word.isdigit() and len(word) <= 3 else None


@dataclass(frozen=True, slots=True)
class Command:
    """One row: ``request/NAME``, and perhaps ``WORD/set``."""

    name: str
    about: str
    order: Callable[[Any], Order | None]
    """By the one argument, which has the command's name; None without one. None: that is none it takes."""
    takes: str = "no argument"
    word: str | None = None
    """``WORD/set``."""
    words: str = ""
    """What may stand there, for people."""
    by_word: Callable[[str], Order | None] = field(default=lambda _: None)


COMMANDS = (
    Command(
        "connect",
        "calls the bot; refused with `not_allowed` unless `mqtt.allow_remote_connect` is true, and with `muted` if the "
        "microphone is switched off at the box",
        _nothing(Remote.CONNECT),
        word="session",
        words="connect",
        by_word={"connect": Remote.CONNECT}.get,
    ),
    Command(
        "disconnect",
        "hangs up",
        _nothing(Remote.DISCONNECT),
        word="session",
        words="disconnect",
        by_word={"disconnect": Remote.DISCONNECT}.get,
    ),
    Command(
        "mute",
        "sends silence in place of the microphone, or no more; kept over a restart",
        _switch(Remote.MUTE, Remote.UNMUTE),
        '"mute": true or false',
        word="mute",
        words="ON or OFF",
        by_word={"ON": Remote.MUTE, "OFF": Remote.UNMUTE}.get,
    ),
    Command(
        "volume",
        "sets the loudspeaker's volume, 0 to 100, as alsamixer counts; kept over a restart",
        _volume,
        '"volume": 0 to 100, a whole number',
        word="volume",
        words="0 to 100",
        by_word=_number,
    ),
    Command(
        "identify",
        "blinks the status lamp twice a second for 10 s: this is the box",
        _nothing(Remote.IDENTIFY),
        word="identify",
        words="PRESS",
        by_word={"PRESS": Remote.IDENTIFY}.get,
    ),
    Command(
        "restart",
        "hangs up, ends, and is started again by systemd",
        _nothing(Remote.RESTART),
        word="restart",
        words="PRESS",
        by_word={"PRESS": Remote.RESTART}.get,
    ),
    Command(
        "doctor",
        "examines the box as `callbox doctor` does, without touching microphone, loudspeaker and pins; rings at the "
        "bot's only if `mqtt.allow_remote_connect` is true; `data` is its JSON",
        _nothing(Remote.DOCTOR),
    ),
    Command(
        "bundle",
        "puts together what somebody needs who helps: see [below](#bundle); `data` is that",
        _nothing(Remote.BUNDLE),
    ),
)
NAMES = tuple(command.name for command in COMMANDS)
BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}
BY_WORD: Mapping[str, list[Command]] = {
    word: [command for command in COMMANDS if command.word == word]
    for word in dict.fromkeys(command.word for command in COMMANDS if command.word)
}
