"""Arguments of MQTT commands: from a JSON value, or the payload of a ``WORD/set``, to a command. Pure.

None: the argument is wrong; Denied: it says what of it is. All input is untrusted, and its length is limited before.
"""

import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from callbox.audio.playout.model.sound_format import sound_format
from callbox.control.alarm_requests import AlarmRequest, parse_id, parse_request
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
    Denied,
    RequestRing,
    SetAlarm,
    SetVolume,
    SilenceAlarm,
)
from callbox.control.rings import MAX_REASON_CHARS, Ring, RingSound
from callbox.text import one_line

MAX_ANNOUNCE_BYTES = MAX_SOUND_BYTES // 3 * 4 + 8192
"""Of a message that announces: a sound as Base64, and the rest."""
MAX_BOT_NAME_CHARS = 32
"""As the settings allow."""
MAX_ID_CHARS = 64
"""Of a ring or an announcement."""
MAX_REQUEST_DATA_BYTES = 2048
"""As JSON."""
MAX_URL_CHARS = 2000
RING_KEYS = frozenset(("id", "reason", "bot", "request_data", "until", "ring"))
ANNOUNCE_KEYS = frozenset(("id", "text", "url", "sound", "priority", "volume", "until"))
_SILENCES = {"snooze": SilenceAlarm(True), "stop": SilenceAlarm(False)}


def no_argument(command: Command) -> Callable[[Any], Command | None]:
    """`command`, which takes none."""
    return lambda value: command if value is None else None


def switch(on: Command, off: Command) -> Callable[[Any], Command | None]:
    """`on` for true, `off` for false."""
    return lambda value: (on if value else off) if isinstance(value, bool) else None


def volume(value: Any) -> Command | None:
    """A whole number, 0 to 100."""
    return SetVolume(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100 else None


def volume_text(text: str) -> Command | None:
    """As `volume`, in digits."""
    return volume(int(text)) if _is_number(text, 3) else None


def bot(value: Any) -> Command | None:
    """The name of a bot."""
    return ChooseBot(value) if isinstance(value, str) and 0 < len(value) <= MAX_BOT_NAME_CHARS else None


# -- rings ---------------------------------------------------------------------------------------------


def ring(fields: dict[str, Any]) -> Command | Denied:
    """A ring, from all fields of a message, which are of `RING_KEYS`."""
    id_, reason = fields.get("id", ""), fields.get("reason")
    caller, data = fields.get("bot"), fields.get("request_data")
    until, sound = _unix_s(fields.get("until")), fields.get("ring", RingSound.TONE.value)
    is_data = data is None or (isinstance(data, dict) and len(json.dumps(data)) <= MAX_REQUEST_DATA_BYTES)
    wrong = _wrong(
        ("id", _is_id(id_) and id_ != "", f"{_ID_TEXT}, and not empty"),
        ("reason", reason is None or isinstance(reason, str), "a text"),
        ("bot", caller is None or bot(caller) is not None, "the name of a bot"),
        ("request_data", is_data, f"an object of at most {MAX_REQUEST_DATA_BYTES} bytes"),
        ("until", until is not None or fields.get("until") is None, _UNTIL_TEXT),
        ("ring", sound in list(RingSound), '"tone" or "words"'),
    )
    if wrong:
        return wrong
    return RequestRing(Ring(id_, one_line(reason or "", MAX_REASON_CHARS), caller, data or {}, until, RingSound(sound)))


def ring_text(text: str) -> Command | None:
    """A ring because of `text`, of a notification; ``PRESS``, of a button: without a reason. It brings no id."""
    return RequestRing(Ring("", one_line("" if text == "PRESS" else text, MAX_REASON_CHARS)))


# -- announcements -------------------------------------------------------------------------------------


def announcement(fields: dict[str, Any]) -> Command | Denied | None:
    """An announcement, from all fields of a message, which are of `ANNOUNCE_KEYS`; None: no sound, or several."""
    id_, priority, percent = fields.get("id", ""), fields.get("priority", Priority.NORMAL.value), fields.get("volume")
    given = [key for key in _SOURCES if fields.get(key) is not None]
    source = _SOURCES[given[0]](fields[given[0]]) if len(given) == 1 else None
    until = _unix_s(fields.get("until"))
    wrong = _wrong(
        *((key, source is not None, _SOURCE_TEXTS[key]) for key in given if len(given) == 1),
        ("id", _is_id(id_), _ID_TEXT),
        ("priority", priority in list(Priority), '"low", "normal" or "high"'),
        ("volume", percent is None or volume(percent) is not None, "a whole number, 0 to 100"),
        ("until", until is not None or fields.get("until") is None, _UNTIL_TEXT),
    )
    if source is None or wrong:
        return wrong
    return Announce(Announcement(id_, source, Priority(priority), percent, until))


def announcement_text(text: str) -> Command | None:
    """An announcement of `text`, which brings no id."""
    words = _words(text)
    return Announce(Announcement("", words)) if words else None


def announcement_bytes(payload: bytes) -> Command | None:
    """An announcement of a sound file, which brings no id."""
    is_sound = sound_format(payload) is not None and len(payload) <= MAX_SOUND_BYTES
    return Announce(Announcement("", SoundBytes(payload))) if is_sound else None


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
_SOURCE_TEXTS = {
    "text": f"1 to {MAX_TEXT_CHARS} characters",
    "url": f"an address of at most {MAX_URL_CHARS} characters",
    "sound": f"a sound file in Base64, at most {MAX_SOUND_BYTES} bytes",
}


# -- alarms --------------------------------------------------------------------------------------------


def alarm(kind: AlarmKind) -> Callable[[Any], Command | Denied]:
    """An alarm of `kind`, from all fields of a message; Denied: one of them is wrong, and which."""

    def command(fields: Any) -> Command | Denied:
        request = parse_request(kind, fields)
        return SetAlarm(request) if isinstance(request, AlarmRequest) else Denied("bad_argument", request)

    return command


def timer_text(text: str) -> Command | None:
    """A timer of so many seconds, in digits."""
    command = alarm(AlarmKind.TIMER)({"seconds": int(text)}) if _is_number(text, 8) else None
    return None if isinstance(command, Denied) else command


def cancel(value: Any) -> Command | None:
    """The id of an alarm, or ``all``."""
    return CancelAlarm(None if value == "all" else value) if parse_id(value) else None


def silence(value: Any) -> Command | None:
    """``snooze`` or ``stop``."""
    return _SILENCES.get(value) if isinstance(value, str) else None


def silence_text(text: str) -> Command | None:
    """``SNOOZE`` or ``STOP``."""
    return silence(text.lower()) if text.isupper() else None


# -- fields --------------------------------------------------------------------------------------------

_ID_TEXT = f"one line of at most {MAX_ID_CHARS} characters"
_UNTIL_TEXT = "a time with its zone, such as 2026-11-29T08:00:00Z"


def _wrong(*checks: tuple[str, bool, str]) -> Denied | None:
    """Each wrong field, from its name, whether it is right, and what it must be; None: there is none."""
    texts = [f"{name} must be {what}." for name, is_right, what in checks if not is_right]
    return Denied("bad_argument", " ".join(texts)) if texts else None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_ID_CHARS and value == one_line(value)


def _is_number(text: str, max_digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= max_digits


def _unix_s(value: Any) -> float | None:
    """UNIX time in s of an RFC 3339 time; None: it is none, or UTC has no such year."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC).timestamp() if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
