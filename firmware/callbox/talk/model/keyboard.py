"""Keys and lines of a terminal as actions: single keys, a line of text while one is typed, whole lines. Pure."""

import re
from enum import Enum
from typing import NamedTuple


class ActionKind(Enum):
    """Kinds of actions."""

    MUTE = "mute or unmute the microphone"
    INTERRUPT = "interrupt the bot"
    TYPE = "begin a line of text"
    DTMF = "send a DTMF tone"
    SEND = "send the line"
    HELP = "list the keys"
    END = "hang up"


class Action(NamedTuple):
    """One action, with its tone or line."""

    kind: ActionKind
    text: str = ""


_K = ActionKind
KEYS: dict[str, ActionKind] = {
    "m": _K.MUTE,
    "i": _K.INTERRUPT,
    "t": _K.TYPE,
    "\r": _K.TYPE,
    "\n": _K.TYPE,
    **dict.fromkeys("0123456789*#", _K.DTMF),
    "?": _K.HELP,
    "q": _K.END,
    "\x03": _K.END,
    "\x04": _K.END,
}
"""Meaning of a key while no line is typed; others mean nothing."""
HELP = "m mute   i interrupt   t or Enter type text   0-9 * # DTMF   ? this list   q hang up"
LONGEST_LINE = 2000
"""Characters that are kept of a line."""
_SEQUENCE = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*[@-~])")
"""Escape sequence of a key such as an arrow (ECMA-48, 5.4)."""


class Keyboard:
    """State: None, or the line that is typed."""

    def __init__(self) -> None:
        self.line: str | None = None

    def press(self, keys: str) -> list[Action]:
        """Take `keys` as a terminal sends them; returns the actions in order."""
        return [action for key in _SEQUENCE.sub("", keys) if (action := self._press(key)) is not None]

    def _press(self, key: str) -> Action | None:
        if self.line is None:
            kind = KEYS.get(key)
            if kind is _K.TYPE:
                self.line = ""
            return kind and Action(kind, key if kind is _K.DTMF else "")
        match key:
            case "\x03" | "\x04":
                return Action(_K.END)
            case "\r" | "\n":
                text, self.line = self.line.strip(), None
                return Action(_K.SEND, text) if text else None
            case "\x1b":
                self.line = None
            case "\x7f" | "\b":
                self.line = self.line[:-1]
            case "\x15":
                self.line = ""
            case _ if key.isprintable():
                self.line = (self.line + key)[:LONGEST_LINE]
        return None


LINES = "Type a line and press Enter: the bot is sent that text. An empty line mutes or unmutes the microphone."
LINE_DTMF = "/dtmf 12#  send tones    "
"""Offered to bots that know it."""
LINE_COMMANDS = "/end  hang up (or Ctrl-D, Ctrl-C)    /help  this text"


def parse_line(line: str) -> Action | None:
    """The action of a whole `line`, as `LINES`, `LINE_DTMF` and `LINE_COMMANDS` say; None: an unknown command."""
    match line.split(maxsplit=1):
        case []:
            return Action(_K.MUTE)
        case ["/end" | "/quit" | "/exit"]:
            return Action(_K.END)
        case ["/help"]:
            return Action(_K.HELP)
        case ["/dtmf", buttons]:
            return Action(_K.DTMF, "".join(buttons.split()))
        case [command, *_] if command.startswith("/"):
            return None
        case _:
            return Action(_K.SEND, line)
