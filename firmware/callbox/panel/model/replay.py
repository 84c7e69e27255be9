"""What a page that comes later has to be told: the newest of each thing, the last of each list. Pure."""

from collections import deque
from collections.abc import Iterator

from callbox.panel.model.server_messages import Message

LINES = 60
"""So many lines of each list."""
_LISTS = ("event", "mqtt", "said")
_PASSING = ("level",)
"""Nobody wants to know what it was."""


class Memory:
    """Note each message that all pages get."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, object], Message] = {}
        self._lines: dict[str, deque[Message]] = {name: deque(maxlen=LINES) for name in _LISTS}

    def note(self, message: Message) -> None:
        """Remember `message` as its type deserves."""
        kind = message["type"]
        if kind in _LISTS:
            self._lines[kind].append(message)
        elif kind not in _PASSING:
            self._newest[kind, message.get("lamp") if kind == "lamp" else None] = message

    def __iter__(self) -> Iterator[Message]:
        yield from self._newest.values()
        for lines in self._lines.values():
            yield from lines
