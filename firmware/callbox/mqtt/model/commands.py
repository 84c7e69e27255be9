"""MQTT commands: one row each, for the parser and for docs/mqtt.md. Pure; all input is untrusted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callbox.control.alarm_requests import MAX_SECONDS, WEEKDAYS
from callbox.control.alarm_table import AlarmKind
from callbox.control.announcements import MAX_SOUND_BYTES, MAX_TEXT_CHARS
from callbox.control.remote_commands import Command, CommandResult, Denied, RemoteCommand, SetHardMute
from callbox.mqtt.model import command_arguments as arguments
from callbox.mqtt.model import topics
from callbox.mqtt.model.command_arguments import MAX_ANNOUNCE_BYTES, MAX_REQUEST_DATA_BYTES
from callbox.mqtt.model.topics import Publication, Topics
from callbox.text import one_line, parse_json

MAX_PAYLOAD_BYTES = 4096
MAX_TRANSACTION_CHARS = 64
"""Of a text."""
MAX_TRANSACTION = 2**63
"""Absolute value of a number."""
_ALLOWED = "refused with `not_allowed` unless `alarm.allow_alarm` is true"
_TIME = (
    '"time": a local time such as 07:00, 2026-11-30T07:00 or 2026-11-30T07:00:00+01:00, with it perhaps "weekdays": '
)
_TIME += f'a list of {", ".join(WEEKDAYS)}, and "time_zone"'
_SECONDS = f'"seconds": 1 to {MAX_SECONDS}'
_TEXT = '"text": one line, "id": a text of your choice'
_TIME_OR_SECONDS = f"{_TIME}, or {_SECONDS}; and perhaps {_TEXT}"


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One row: ``request/NAME``, and perhaps ``WORD/set``."""

    name: str
    about: str
    order: Callable[[Any], Command | Denied | None]
    """The command for its JSON argument, which has the command's name (None: absent). Denied, None: wrong argument."""
    takes: str = "no argument"
    word: str | None = None
    """``WORD/set``."""
    words: str = ""
    """Payloads of ``WORD/set``, for docs and errors."""
    by_payload: Callable[[str], Command | None] = field(default=lambda _: None)
    takes_all: bool = False
    """Whether `order` is given all fields of the message but `transaction`, and not the one of its name alone."""
    keys: frozenset[str] = frozenset()
    """With `takes_all`: every field that there is; empty: `order` says what is none."""
    max_bytes: int = MAX_PAYLOAD_BYTES
    """Of a payload."""
    by_bytes: Callable[[bytes], Command | None] = field(default=lambda _: None)
    """The command of a payload of ``WORD/set`` that is no text."""


COMMANDS = (
    CommandSpec(
        "connect",
        "calls the bot; refused with `not_allowed` unless `mqtt.allow_remote_connect` is true, and with `muted` if the "
        "microphone is switched off by a hard mute",
        arguments.no_argument(RemoteCommand.CONNECT),
        word="session",
        words="connect",
        by_payload={"connect": RemoteCommand.CONNECT}.get,
    ),
    CommandSpec(
        "disconnect",
        "hangs up",
        arguments.no_argument(RemoteCommand.DISCONNECT),
        word="session",
        words="disconnect",
        by_payload={"disconnect": RemoteCommand.DISCONNECT}.get,
    ),
    CommandSpec(
        "mute",
        "sends silence in place of the microphone, or no more; kept over a restart",
        arguments.switch(RemoteCommand.MUTE, RemoteCommand.UNMUTE),
        '"mute": true or false',
        word="mute",
        words="ON or OFF",
        by_payload={"ON": RemoteCommand.MUTE, "OFF": RemoteCommand.UNMUTE}.get,
    ),
    CommandSpec(
        "hard_mute",
        "keeps the microphone's PCM closed, in calls too, or no more; kept over a restart. Switching it off is refused "
        "with `muted` while the mute switch of the box is on, and in a call with `not_allowed` unless "
        "`mqtt.allow_remote_connect` is true",
        arguments.switch(SetHardMute(True), SetHardMute(False)),
        '"hard_mute": true or false',
        word="hard_mute",
        words="ON or OFF",
        by_payload={"ON": SetHardMute(True), "OFF": SetHardMute(False)}.get,
    ),
    CommandSpec(
        "volume",
        "sets the loudspeaker's volume, 0 to 100, as alsamixer counts; kept over a restart",
        arguments.volume,
        '"volume": 0 to 100, a whole number',
        word="volume",
        words="a whole number, 0 to 100",
        by_payload=arguments.volume_text,
    ),
    CommandSpec(
        "bot",
        "chooses the bot that the next call is with, by its name in `info`; a call that is on goes on with its own; "
        "kept over a restart",
        arguments.bot,
        '"bot": the name of a bot',
        word="bot",
        words="the name of a bot",
        by_payload=arguments.bot,
    ),
    CommandSpec(
        "ring",
        "rings, so that a person may talk: one press answers, and calls the bot; refused with `not_allowed` unless "
        "`ring.allow_ring` is true. The answer comes when the ring is kept on the disk: without one, send it again "
        "with the same `id`, which rings once. See [rings](rings.md)",
        arguments.ring,
        '"id": a text of your choice; and perhaps "reason": one line, "bot": the name of a bot, "request_data": an '
        f'object of at most {MAX_REQUEST_DATA_BYTES} bytes for the bot, "until": a time such as 2026-11-29T08:00:00Z, '
        '"ring": "tone", or "words": the reason is spoken too',
        word="ring",
        words="PRESS, or the reason",
        by_payload=arguments.ring_text,
        takes_all=True,
        keys=arguments.RING_KEYS,
    ),
    CommandSpec(
        "announce",
        "plays a sound, or speaks words; refused with `not_allowed` unless `announce.allow_announce` is true. The "
        "answer comes when it is accepted; what became of it is told on `event/announce`. See "
        "[announcements](announcements.md)",
        arguments.announcement,
        f'one of "text": at most {MAX_TEXT_CHARS} characters, "url": of a sound file, "sound": a sound file in Base64, '
        f'at most {MAX_SOUND_BYTES} bytes; and perhaps "id": a text of your choice, "priority": "low", "normal" or '
        '"high", "volume": 0 to 100, "until": a time such as 2026-11-29T08:00:00Z',
        word="announce",
        words=f"the text, at most {MAX_TEXT_CHARS} characters, or a sound file, at most {MAX_SOUND_BYTES} bytes",
        by_payload=arguments.announcement_text,
        takes_all=True,
        keys=arguments.ANNOUNCE_KEYS,
        max_bytes=MAX_ANNOUNCE_BYTES,
        by_bytes=arguments.announcement_bytes,
    ),
    CommandSpec(
        "alarm",
        f"sets an [alarm](alarms.md), which the box rings alone; {_ALLOWED}. The answer comes when it is on the disk: "
        "without one, send it again with the same `id`, which takes the place of one that is set",
        arguments.alarm(AlarmKind.ALARM),
        _TIME_OR_SECONDS,
        takes_all=True,
    ),
    CommandSpec(
        "timer",
        f"sets a timer: no step of the clock moves it; {_ALLOWED}",
        arguments.alarm(AlarmKind.TIMER),
        f"{_SECONDS}; and perhaps {_TEXT}",
        word="timer",
        words=f"a whole number of seconds, 1 to {MAX_SECONDS}",
        by_payload=arguments.timer_text,
        takes_all=True,
    ),
    CommandSpec(
        "reminder",
        f"sets a reminder; {_ALLOWED}",
        arguments.alarm(AlarmKind.REMINDER),
        _TIME_OR_SECONDS,
        takes_all=True,
    ),
    CommandSpec(
        "cancel_alarm",
        f"cancels an alarm, a timer or a reminder, also one that rings; {_ALLOWED}",
        arguments.cancel,
        '"cancel_alarm": its id, or "all"',
    ),
    CommandSpec(
        "silence_alarm",
        f"snoozes or stops what rings, as a press or a hold does; {_ALLOWED}, and with `not_possible` if none rings",
        arguments.silence,
        '"silence_alarm": "snooze" or "stop"',
        word="alarm",
        words="SNOOZE or STOP",
        by_payload=arguments.silence_text,
    ),
    CommandSpec(
        "alarms",
        "lists alarms, timers and reminders: `data` has the next 20 of them, with `left_s`, and the time zone",
        arguments.no_argument(RemoteCommand.ALARMS),
    ),
    CommandSpec(
        "identify",
        "blinks the status lamp twice a second for 10 s: this is the box",
        arguments.no_argument(RemoteCommand.IDENTIFY),
        word="identify",
        words="PRESS",
        by_payload={"PRESS": RemoteCommand.IDENTIFY}.get,
    ),
    CommandSpec(
        "restart",
        "hangs up, ends, and is started again by systemd",
        arguments.no_argument(RemoteCommand.RESTART),
        word="restart",
        words="PRESS",
        by_payload={"PRESS": RemoteCommand.RESTART}.get,
    ),
    CommandSpec(
        "doctor",
        "examines the box as `callbox doctor` does, without touching microphone, loudspeaker and pins; connects to "
        "the bot only if `mqtt.allow_remote_connect` is true; `data` is its JSON",
        arguments.no_argument(RemoteCommand.DOCTOR),
    ),
    CommandSpec(
        "bundle",
        "puts together what somebody needs who helps: see [below](#bundle); `data` is that",
        arguments.no_argument(RemoteCommand.BUNDLE),
    ),
)
UNKNOWN = "unknown"
"""In place of the name of a command that there isn't."""
NAMES = tuple(command.name for command in COMMANDS)
BY_NAME: Mapping[str, CommandSpec] = {command.name: command for command in COMMANDS}
BY_SET_NAME: Mapping[str, list[CommandSpec]] = {
    word: [command for command in COMMANDS if command.word == word]
    for word in dict.fromkeys(command.word for command in COMMANDS if command.word)
}


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A parsed command, or why it is denied."""

    name: str
    """Of the response topic: ``response/NAME``."""
    order: Command | Denied
    transaction: str | int | None = None


def parse(topics_: Topics, topic: str, payload: bytes, *, retained: bool) -> ParsedCommand | None:
    """The command in a message; None: not a command topic."""
    if (name := topics_.name_in(topics.REQUEST, topic)) is not None:
        return _request(name, payload, retained=retained)
    if (name := topics_.name_in(topics.SET, topic)) is not None:
        return _set(name, payload, retained=retained)
    return None


def subscriptions(topics_: Topics) -> list[str]:
    """Topic filters of the commands."""
    return [topics_.of(topics.REQUEST, "+"), topics_.of(topics.SET, "+")]


def response(topics_: Topics, command: ParsedCommand, result: CommandResult) -> Publication:
    """The response. `result`: the result of the command; an error of the message itself takes precedence."""
    result = command.order if isinstance(command.order, Denied) else result
    refused = isinstance(result, Denied)
    fields: dict[str, Any] = {"status": "error" if refused else "ok", "transaction": command.transaction}
    if isinstance(result, Denied):
        fields["error"] = {"code": result.code, "text": one_line(result.text)}
    elif result is not None:
        fields["data"] = result
    return topics_.publication(topics.RESPONSE, fields, command.name)


def _retained(topic: str) -> Denied:
    text = "A retained command is never carried out: it would be again at each start. An empty retained message on"
    return Denied("retained", f"{text} …/{one_line(topic, 60)} removes it.")


def _unknown(name: str, known: Iterable[str]) -> Denied:
    return Denied("unknown_command", f"There is no {one_line(name, 40)}; there are {', '.join(known)}.")


def _request(name: str, payload: bytes, *, retained: bool) -> ParsedCommand:
    command = BY_NAME.get(name)
    fields = _fields(payload, command.max_bytes if command else MAX_PAYLOAD_BYTES)
    transaction = fields.pop("transaction", None) if isinstance(fields, dict) else None
    known = transaction if _is_transaction(transaction) else None
    if command is None:
        return ParsedCommand(UNKNOWN, _retained(f"request/{name}") if retained else _unknown(name, NAMES), known)
    if retained:
        return ParsedCommand(name, _retained(f"request/{name}"), known)
    if isinstance(fields, Denied):
        return ParsedCommand(name, fields)
    if not _is_transaction(transaction):
        text = f"transaction must be a whole number or a text of at most {MAX_TRANSACTION_CHARS} characters."
        return ParsedCommand(name, Denied("bad_argument", text))
    return ParsedCommand(name, _command(command, fields), transaction)


def _command(command: CommandSpec, fields: dict[str, Any]) -> Command | Denied:
    unknown = sorted(set(fields) - (command.keys or {command.name}))
    if unknown and (command.keys or not command.takes_all):
        return Denied("bad_argument", f"{command.name} has no argument {one_line(', '.join(unknown[:3]), 150)}.")
    order = command.order(fields if command.takes_all else fields.get(command.name))
    return order or Denied("bad_argument", f"{command.name} takes {command.takes}.")


def _set(word: str, payload: bytes, *, retained: bool) -> ParsedCommand:
    if word not in BY_SET_NAME:
        refusal = _unknown(f"{word}/set", [f"{word}/set" for word in BY_SET_NAME])
        return ParsedCommand(UNKNOWN, _retained(f"{word}/set") if retained else refusal)
    if retained:
        return ParsedCommand(word, _retained(f"{word}/set"))
    for command in BY_SET_NAME[word]:
        if order := command.by_bytes(payload):
            return ParsedCommand(word, order)
    text = _text(payload, max(command.max_bytes for command in BY_SET_NAME[word]))
    if isinstance(text, Denied):
        return ParsedCommand(word, text)
    orders = [order for command in BY_SET_NAME[word] if (order := command.by_payload(text.strip()))]
    takes = " or ".join(command.words for command in BY_SET_NAME[word])
    return ParsedCommand(word, orders[0] if orders else Denied("bad_argument", f"{word}/set takes {takes}."))


def _fields(payload: bytes, max_bytes: int) -> dict[str, Any] | Denied:
    text = _text(payload, max_bytes)
    if isinstance(text, Denied):
        return text
    try:
        fields = parse_json(text or "{}", max_bytes)
    except ValueError:
        fields = None
    return fields if isinstance(fields, dict) else Denied("not_json", "The payload must be a JSON object, or empty.")


def _text(payload: bytes, max_bytes: int) -> str | Denied:
    if len(payload) > max_bytes:
        return Denied("too_large", f"The payload is longer than {max_bytes} bytes.")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return Denied("not_utf8", "The payload must be UTF-8.")


def _is_transaction(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) < MAX_TRANSACTION
    return value is None or (isinstance(value, str) and len(value) <= MAX_TRANSACTION_CHARS)
