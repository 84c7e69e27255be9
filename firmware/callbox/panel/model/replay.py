"""Messages for a page that is opened later: the newest of each kind, the last lines of each list. Pure."""

from collections import deque
from collections.abc import Iterator

from callbox.panel.model.server_messages import Message

MAX_LINES = 60
"""Lines of each list."""
_LISTS = ("event", "mqtt", "said")
_NAMED = ("lamp", "contact")
"""Of these the newest of each name, which is under the key of the type."""
_TRANSIENT = ("level",)
"""Not replayed: of the present only."""


class ReplayBuffer:
    """Fed with each message that all pages get; iterates over what a new page gets first."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, object], Message] = {}
        self._lists: dict[str, deque[Message]] = {name: deque(maxlen=MAX_LINES) for name in _LISTS}

    def add(self, message: Message) -> None:
        """Keep `message` as its type requires."""
        kind = message["type"]
        if kind in _LISTS:
            self._lists[kind].append(message)
        elif kind not in _TRANSIENT:
            self._newest[kind, message.get(kind) if kind in _NAMED else None] = message

    def __iter__(self) -> Iterator[Message]:
        yield from self._newest.values()
        for lines in self._lists.values():
            yield from lines
