"""Requests of alarms, timers and reminders, as JSON from a broker, a bot, a page or a command. Pure; untrusted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from callbox.control.alarm_overview import AlarmEntry
from callbox.control.alarm_table import AlarmKind
from callbox.control.clock_history import FIRST_YEAR
from callbox.text import one_line

MAX_ID_CHARS = 64
MAX_TEXT_CHARS = 300
MAX_SECONDS = 31 * 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_YEAR = 2099
_KEYS = {"id", "text", "time", "weekdays", "time_zone", "seconds", "bot"}


@dataclass(frozen=True, slots=True)
class AlarmRequest:
    """Alarm, timer or reminder that shall be set: in `seconds`, or at a local time."""

    kind: AlarmKind
    id: str = ""
    """Of whoever asks; empty: the box gives it one."""
    text: str = ""
    seconds: float | None = None
    at: time | None = None
    """Local time."""
    day: date | None = None
    weekdays: frozenset[int] = frozenset()
    """0: Monday."""
    time_zone: str | None = None
    """Name in the IANA database; None: that of the box."""
    bot: str = ""
    """Of `AlarmKind.RING`: the bot that an answer calls; empty: the chosen one."""


def parse_request(kind: AlarmKind, value: Any) -> AlarmRequest | str:
    """The request in a message's fields; a text: what is wrong with them, one sentence."""
    if not isinstance(value, Mapping):
        return "The fields must be a JSON object."
    if unknown := sorted(str(key) for key in set(value) - _KEYS):
        return f"There is no field {one_line(unknown[0], 50)}; there are {', '.join(sorted(_KEYS))}."
    fields = {key: argument for key, argument in value.items() if argument is not None}
    id_, text, zone = fields.get("id", ""), fields.get("text", ""), fields.get("time_zone")
    if not isinstance(id_, str) or len(id_) > MAX_ID_CHARS or id_ != one_line(id_):
        return f"id must be a text of one line, at most {MAX_ID_CHARS} characters."
    if not isinstance(text, str):
        return "text must be a text."
    bot = fields.get("bot", "")
    if not isinstance(bot, str) or (bot and kind is not AlarmKind.RING):
        return "bot must be the name of a bot, and is for rings only."
    request = AlarmRequest(kind, id_, one_line(text, MAX_TEXT_CHARS), bot=bot)
    if kind is AlarmKind.TIMER and "seconds" not in fields:
        return f"A timer needs seconds, 1 to {MAX_SECONDS}."
    if ("seconds" in fields) == ("time" in fields):
        return "There must be either time, such as 07:00 or 2026-11-30T07:00, or seconds."
    if "seconds" in fields:
        return _in_seconds(request, fields)
    if not (zone is None or (isinstance(zone, str) and 0 < len(zone) <= MAX_ID_CHARS)):
        return "time_zone must be a name such as Europe/Berlin."
    return _at_time(request, fields, zone)


def typed_fields(time_: str) -> tuple[AlarmKind, dict[str, Any]]:
    """Kind and fields for a time that a person has typed: seconds make a timer, anything else an alarm."""
    is_number = time_.isascii() and time_.replace(".", "", 1).isdigit()
    return (AlarmKind.TIMER, {"seconds": float(time_)}) if is_number else (AlarmKind.ALARM, {"time": time_})


def parse_typed(time_: str, text: str) -> AlarmRequest | str:
    """The request for what a person has typed; a text: what is wrong, one sentence."""
    kind, fields = typed_fields(time_.strip())
    return parse_request(kind, {**fields, "text": text})


def parse_id(value: Any) -> str | None:
    """The id of an alarm; None: it can't be one."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS else None


def entry_fields(entry: AlarmEntry) -> dict[str, Any]:
    """An alarm as JSON has it; `due`: UTC, None while the clock isn't set."""
    due = None if entry.due_unix_s is None else datetime.fromtimestamp(round(entry.due_unix_s), UTC)
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "text": entry.text,
        "state": entry.state.value,
        "due": due and due.isoformat().replace("+00:00", "Z"),
        "weekdays": [WEEKDAYS[day] for day in entry.weekdays],
        "seconds": entry.seconds or None,
    }


def _in_seconds(request: AlarmRequest, fields: Mapping[str, Any]) -> AlarmRequest | str:
    seconds = fields["seconds"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1 <= seconds <= MAX_SECONDS:
        return f"seconds must be a number from 1 to {MAX_SECONDS}."
    if "weekdays" in fields or "time_zone" in fields:
        return "weekdays and time_zone need a time."
    return replace(request, seconds=seconds)


def _at_time(request: AlarmRequest, fields: Mapping[str, Any], zone: str | None) -> AlarmRequest | str:
    days = fields.get("weekdays", [])
    if not isinstance(days, list) or not all(isinstance(day, str) and day in WEEKDAYS for day in days):
        return f"weekdays must be a list of {', '.join(WEEKDAYS)}."
    weekdays = frozenset(WEEKDAYS.index(day) for day in days)
    moment = _moment(fields["time"])
    if moment is None:
        years = f"of a year from {FIRST_YEAR} to {LAST_YEAR}"
        return f"time must be such as 07:00, 2026-11-30T07:00 or 2026-11-30T07:00:00+01:00, {years}."
    day, at = moment
    if at.tzinfo:  # without a date it has none
        if zone:
            return "time has an offset of its own: leave time_zone out."
        zone = "UTC"
        at = at.replace(tzinfo=None)
    if day and weekdays:
        return "A time with a date doesn't repeat: leave the date or weekdays out."
    return replace(request, at=at, day=day, weekdays=weekdays, time_zone=zone)


def _moment(value: Any) -> tuple[date | None, time] | None:
    """Date, if there is one, and time of a text; in UTC if that has an offset. None: it is no time."""
    if not isinstance(value, str) or len(value) > MAX_ID_CHARS:
        return None
    try:
        at = time.fromisoformat(value)
        return None if at.tzinfo else (None, at)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR or len(value) <= len("2026-11-30"):
            return None
    except ValueError:
        return None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return moment.date(), moment.timetz()
