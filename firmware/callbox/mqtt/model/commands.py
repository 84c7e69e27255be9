"""MQTT commands: one row each, for the parser and for docs/mqtt.md. Pure; all input is untrusted."""

import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callbox.audio.playout.model.sound_format import sound_format
from callbox.control.alarm_requests import MAX_SECONDS, WEEKDAYS, AlarmRequest, parse_id, parse_request
from callbox.control.alarm_table import AlarmKind
from callbox.control.announcements import (
    MAX_SOUND_BYTES,
    MAX_TEXT_CHARS,
    Announcement,
    Priority,
    SoundBytes,
    SoundUrl,
    Source,
    Words,
)
from callbox.control.remote_commands import (
    Announce,
    CancelAlarm,
    ChooseBot,
    Command,
    CommandResult,
    Denied,
    RemoteCommand,
    RequestRing,
    SetAlarm,
    SetHardMute,
    SetVolume,
    SilenceAlarm,
)
from callbox.control.rings import MAX_REASON_CHARS, Ring, RingSound
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Publication, Topics
from callbox.text import one_line, parse_json

MAX_BOT_NAME_CHARS = 32
"""As the settings allow."""


def _no_argument(order: Command) -> Callable[[Any], Command | None]:
    return lambda value: order if value is None else None


def _switch(on: Command, off: Command) -> Callable[[Any], Command | None]:
    return lambda value: (on if value else off) if isinstance(value, bool) else None


def _volume(value: Any) -> Command | None:
    return SetVolume(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100 else None


def _bot(value: Any) -> Command | None:
    return ChooseBot(value) if isinstance(value, str) and 0 < len(value) <= MAX_BOT_NAME_CHARS else None


def _number(word: str) -> Command | None:
    return _volume(int(word)) if word.isascii() and word.isdigit() and len(word) <= 3 else None


MAX_RING_ID_CHARS = 64
MAX_REQUEST_DATA_BYTES = 2048
"""As JSON."""
_RING_KEYS = {"id", "reason", "bot", "request_data", "until", "ring"}


def _ring(value: Any) -> Command | None:
    """The ring of a message's fields; None: one of them is wrong."""
    if not isinstance(value, dict) or not set(value) <= _RING_KEYS:
        return None
    id_, reason, bot, data = (value.get(key) for key in ("id", "reason", "bot", "request_data"))
    until, sound = _unix_s(value.get("until")), value.get("ring", RingSound.TONE.value)
    wrong = (
        not (reason is None or isinstance(reason, str)),
        not (bot is None or _bot(bot)),
        not (data is None or (isinstance(data, dict) and len(json.dumps(data)) <= MAX_REQUEST_DATA_BYTES)),
        until is None and value.get("until") is not None,
        sound not in list(RingSound),
    )
    if any(wrong) or not (isinstance(id_, str) and 0 < len(id_) <= MAX_RING_ID_CHARS and id_ == one_line(id_)):
        return None
    return RequestRing(Ring(id_, one_line(reason or "", MAX_REASON_CHARS), bot, data or {}, until, RingSound(sound)))


def _unix_s(value: Any) -> float | None:
    """UNIX time in s of an RFC 3339 time; None: it is none."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.timestamp() if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def ring_for(reason: str) -> Command:
    """Ring because of `reason`: for buttons and notifications, which bring no id."""
    return RequestRing(Ring("", one_line(reason, MAX_REASON_CHARS)))


MAX_ANNOUNCE_BYTES = MAX_SOUND_BYTES // 3 * 4 + 8192
"""Of a message that announces: a sound as Base64, and the rest."""
MAX_URL_CHARS = 2000
_ANNOUNCE_KEYS = {"id", "text", "url", "sound", "priority", "volume", "until"}


def _announce(value: Any) -> Command | None:
    """The announcement of a message's fields; None: one of them is wrong."""
    if not isinstance(value, dict) or not set(value) <= _ANNOUNCE_KEYS:
        return None
    id_, priority, volume = value.get("id", ""), value.get("priority", Priority.NORMAL.value), value.get("volume")
    given = [key for key in _SOURCES if value.get(key) is not None]
    source = _SOURCES[given[0]](value[given[0]]) if len(given) == 1 else None
    until = _unix_s(value.get("until"))
    wrong = (
        not isinstance(id_, str) or len(id_) > MAX_RING_ID_CHARS or id_ != one_line(id_),
        priority not in list(Priority),
        not (volume is None or _volume(volume)),
        until is None and value.get("until") is not None,
    )
    if source is None or any(wrong):
        return None
    return Announce(Announcement(id_, source, Priority(priority), volume, until))


def _words(value: Any) -> Source | None:
    text = one_line(value, MAX_TEXT_CHARS + 1) if isinstance(value, str) else ""
    return Words(text) if 0 < len(text) <= MAX_TEXT_CHARS else None


def _sound_url(value: Any) -> Source | None:
    return SoundUrl(value) if isinstance(value, str) and 0 < len(value) <= MAX_URL_CHARS else None


def _sound_base64(value: Any) -> Source | None:
    try:
        data = binascii.a2b_base64(value, strict_mode=True) if isinstance(value, str) else b""
    except ValueError:
        return None
    return SoundBytes(data) if 0 < len(data) <= MAX_SOUND_BYTES else None


_SOURCES: Mapping[str, Callable[[Any], Source | None]] = {"text": _words, "url": _sound_url, "sound": _sound_base64}


def announce_words(text: str) -> Command | None:
    """Announce `text`, which brings no id; None: there is none, or too much of it."""
    words = _words(text)
    return Announce(Announcement("", words)) if words else None


def _announce_bytes(payload: bytes) -> Command | None:
    is_sound = sound_format(payload) is not None and len(payload) <= MAX_SOUND_BYTES
    return Announce(Announcement("", SoundBytes(payload))) if is_sound else None


MAX_PAYLOAD_BYTES = 4096


def _alarm(kind: AlarmKind) -> Callable[[Any], Command | Denied]:
    def order(fields: Any) -> Command | Denied:
        request = parse_request(kind, fields)
        return SetAlarm(request) if isinstance(request, AlarmRequest) else Denied("bad_argument", request)

    return order


def _timer(word: str) -> Command | None:
    order = (
        _alarm(AlarmKind.TIMER)({"seconds": int(word)}) if word.isascii() and word.isdigit() and len(word) < 9 else None
    )
    return None if isinstance(order, Denied) else order


def _cancel(value: Any) -> Command | None:
    return CancelAlarm(None if value == "all" else value) if parse_id(value) else None


_ALLOWED = "refused with `not_allowed` unless `alarm.allow_alarm` is true"
_TIME = (
    '"time": a local time such as 07:00, 2026-11-30T07:00 or 2026-11-30T07:00:00+01:00, with it perhaps "weekdays": '
)
_TIME += f'a list of {", ".join(WEEKDAYS)}, and "time_zone"'
_SECONDS = f'"seconds": 1 to {MAX_SECONDS}'
_TEXT = '"text": one line, "id": a text of your choice'
_SILENCES = {"snooze": SilenceAlarm(True), "stop": SilenceAlarm(False)}


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
    max_bytes: int = MAX_PAYLOAD_BYTES
    """Of a payload."""
    by_bytes: Callable[[bytes], Command | None] = field(default=lambda _: None)
    """The command of a payload of ``WORD/set`` that is no text."""


COMMANDS = (
    CommandSpec(
        "connect",
        "calls the bot; refused with `not_allowed` unless `mqtt.allow_remote_connect` is true, and with `muted` if the "
        "microphone is switched off by a hard mute",
        _no_argument(RemoteCommand.CONNECT),
        word="session",
        words="connect",
        by_payload={"connect": RemoteCommand.CONNECT}.get,
    ),
    CommandSpec(
        "disconnect",
        "hangs up",
        _no_argument(RemoteCommand.DISCONNECT),
        word="session",
        words="disconnect",
        by_payload={"disconnect": RemoteCommand.DISCONNECT}.get,
    ),
    CommandSpec(
        "mute",
        "sends silence in place of the microphone, or no more; kept over a restart",
        _switch(RemoteCommand.MUTE, RemoteCommand.UNMUTE),
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
        _switch(SetHardMute(True), SetHardMute(False)),
        '"hard_mute": true or false',
        word="hard_mute",
        words="ON or OFF",
        by_payload={"ON": SetHardMute(True), "OFF": SetHardMute(False)}.get,
    ),
    CommandSpec(
        "volume",
        "sets the loudspeaker's volume, 0 to 100, as alsamixer counts; kept over a restart",
        _volume,
        '"volume": 0 to 100, a whole number',
        word="volume",
        words="0 to 100",
        by_payload=_number,
    ),
    CommandSpec(
        "bot",
        "chooses the bot that the next call is with, by its name in `info`; a call that is on goes on with its own; "
        "kept over a restart",
        _bot,
        '"bot": the name of a bot',
        word="bot",
        words="the name of a bot",
        by_payload=_bot,
    ),
    CommandSpec(
        "ring",
        "rings, so that a person may talk: one press answers, and calls the bot; refused with `not_allowed` unless "
        "`ring.allow_ring` is true. The answer comes when the ring is kept on the disk: without one, send it again "
        "with the same `id`, which rings once. See [rings](rings.md)",
        _ring,
        '"id": a text of your choice; and perhaps "reason": one line, "bot": the name of a bot, "request_data": an '
        f'object of at most {MAX_REQUEST_DATA_BYTES} bytes for the bot, "until": a time such as 2026-11-29T08:00:00Z, '
        '"ring": "tone", or "words": the reason is spoken too',
        word="ring",
        words="PRESS, or the reason",
        by_payload=lambda text: ring_for("" if text == "PRESS" else text),
        takes_all=True,
    ),
    CommandSpec(
        "announce",
        "plays a sound, or speaks words; refused with `not_allowed` unless `announce.allow_announce` is true. The "
        "answer comes when it is accepted; what became of it is told on `event/announce`. See "
        "[announcements](announcements.md)",
        _announce,
        f'one of "text": at most {MAX_TEXT_CHARS} characters, "url": of a sound file, "sound": a sound file in Base64, '
        f'at most {MAX_SOUND_BYTES} bytes; and perhaps "id": a text of your choice, "priority": "low", "normal" or '
        '"high", "volume": 0 to 100, "until": a time such as 2026-11-29T08:00:00Z',
        word="announce",
        words="the text, or a sound file",
        by_payload=announce_words,
        takes_all=True,
        max_bytes=MAX_ANNOUNCE_BYTES,
        by_bytes=_announce_bytes,
    ),
    CommandSpec(
        "alarm",
        f"sets an [alarm](alarms.md), which the box rings alone; {_ALLOWED}. The answer comes when it is on the disk: "
        "without one, send it again with the same `id`, which takes the place of one that is set",
        _alarm(AlarmKind.ALARM),
        f"{_TIME}, or {_SECONDS}; and perhaps {_TEXT}",
        takes_all=True,
    ),
    CommandSpec(
        "timer",
        f"sets a timer: no step of the clock moves it; {_ALLOWED}",
        _alarm(AlarmKind.TIMER),
        f"{_SECONDS}; and perhaps {_TEXT}",
        word="timer",
        words="seconds",
        by_payload=_timer,
        takes_all=True,
    ),
    CommandSpec(
        "reminder",
        f"sets a reminder; {_ALLOWED}",
        _alarm(AlarmKind.REMINDER),
        "as `alarm`",
        takes_all=True,
    ),
    CommandSpec(
        "cancel_alarm",
        f"cancels an alarm, a timer or a reminder, also one that rings; {_ALLOWED}",
        _cancel,
        '"cancel_alarm": its id, or "all"',
    ),
    CommandSpec(
        "silence_alarm",
        f"snoozes or stops what rings, as a press or a hold does; {_ALLOWED}, and with `not_possible` if none rings",
        lambda value: _SILENCES.get(value) if isinstance(value, str) else None,
        '"silence_alarm": "snooze" or "stop"',
        word="alarm",
        words="SNOOZE or STOP",
        by_payload={word.upper(): order for word, order in _SILENCES.items()}.get,
    ),
    CommandSpec(
        "alarms",
        "lists alarms, timers and reminders: `data` has the next 20 of them, with `left_s`, and the time zone",
        _no_argument(RemoteCommand.ALARMS),
    ),
    CommandSpec(
        "identify",
        "blinks the status lamp twice a second for 10 s: this is the box",
        _no_argument(RemoteCommand.IDENTIFY),
        word="identify",
        words="PRESS",
        by_payload={"PRESS": RemoteCommand.IDENTIFY}.get,
    ),
    CommandSpec(
        "restart",
        "hangs up, ends, and is started again by systemd",
        _no_argument(RemoteCommand.RESTART),
        word="restart",
        words="PRESS",
        by_payload={"PRESS": RemoteCommand.RESTART}.get,
    ),
    CommandSpec(
        "doctor",
        "examines the box as `callbox doctor` does, without touching microphone, loudspeaker and pins; rings at the "
        "bot's only if `mqtt.allow_remote_connect` is true; `data` is its JSON",
        _no_argument(RemoteCommand.DOCTOR),
    ),
    CommandSpec(
        "bundle",
        "puts together what somebody needs who helps: see [below](#bundle); `data` is that",
        _no_argument(RemoteCommand.BUNDLE),
    ),
)
NAMES = tuple(command.name for command in COMMANDS)
BY_NAME: Mapping[str, CommandSpec] = {command.name: command for command in COMMANDS}
BY_SET_NAME: Mapping[str, list[CommandSpec]] = {
    word: [command for command in COMMANDS if command.word == word]
    for word in dict.fromkeys(command.word for command in COMMANDS if command.word)
}


MAX_TRANSACTION_CHARS = 64
"""Of a text."""
MAX_TRANSACTION = 2**63
"""Absolute value of a number."""


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


_RETAINED = Denied("retained", "A retained command is never carried out: it would be again at each start.")


def _request(name: str, payload: bytes, *, retained: bool) -> ParsedCommand:
    if name not in BY_NAME:
        return ParsedCommand("unknown", Denied("unknown_command", f"There are {', '.join(NAMES)}."))
    if retained:
        return ParsedCommand(name, _RETAINED)
    fields = _fields(payload, BY_NAME[name].max_bytes)
    if isinstance(fields, Denied):
        return ParsedCommand(name, fields)
    transaction = fields.pop("transaction", None)
    if not _is_transaction(transaction):
        text = f"transaction must be a whole number or a text of at most {MAX_TRANSACTION_CHARS} characters."
        return ParsedCommand(name, Denied("bad_argument", text))
    return ParsedCommand(name, _command(BY_NAME[name], fields), transaction)


def _command(command: CommandSpec, fields: dict[str, Any]) -> Command | Denied:
    if command.takes_all:
        return command.order(fields) or Denied("bad_argument", f"{command.name} takes {command.takes}.")
    argument = fields.pop(command.name, None)
    if fields:
        unknown = one_line(", ".join(sorted(fields)[:3]), 150)
        return Denied("bad_argument", f"{command.name} has no argument {unknown}.")
    return command.order(argument) or Denied("bad_argument", f"{command.name} takes {command.takes}.")


def _set(word: str, payload: bytes, *, retained: bool) -> ParsedCommand:
    if word not in BY_SET_NAME:
        return ParsedCommand(
            "unknown", Denied("unknown_command", f"There are {', '.join(f'{word}/set' for word in BY_SET_NAME)}.")
        )
    if retained:
        return ParsedCommand(word, _RETAINED)
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
