"""Volume, mute and the chosen bot, kept for the next start."""

import asyncio
import contextlib
import json
import logging
import threading
from pathlib import Path
from typing import TypeGuard

from callbox.app.last_write import write_last
from callbox.app.observers import Observer
from callbox.control.status import Status
from callbox.system.files import Disk
from callbox.text import parse_json

log = logging.getLogger(__name__)

NAME = "state.json"
QUIET_S = 1.0
"""A slider that is being moved is not written at each step: a card has a life of so many writes."""


class PersistentState(Observer):
    """One small file.

    `folder`: systemd's state folder; None: nothing is kept. A volume is kept for as long as the settings say what they
    said when it was set: who edits them means it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / NAME if folder else None
        self.set_percent: int | None = None
        """What the settings say."""
        self.hard_mute = False
        """Whether a command asks for the hard mute; as it was, once `read`."""
        self.bot: str | None = None
        """The chosen bot, as it was, once `read`; None: none is kept."""
        self.first_bot: str | None = None
        """The bot that is chosen unless another one was."""
        self._now: tuple[int | None, bool, bool, str | None] = (None, False, False, None)
        self._kept: dict[str, object] = {}
        self._changed = asyncio.Event()
        self._writing = threading.Lock()  # a thread may still write when the task is cancelled

    def read(self) -> tuple[int | None, bool]:
        """Volume (None: none is kept) and mute, as they were. What can't be read is as good as nothing."""
        content: object = None
        with contextlib.suppress(OSError, ValueError):
            content = parse_json((self._file and Disk().read(self._file)) or b"{}")
        fields = self._kept = content if isinstance(content, dict) else {}
        percent, mute = fields.get("volume_percent"), fields.get("mute") is True
        self.hard_mute = fields.get("hard_mute") is True
        bot = fields.get("bot")
        self.bot = bot if isinstance(bot, str) else None
        if not _is_percent(percent) or fields.get("instead_of") != self.set_percent:
            percent = None
        return percent, mute

    def on_status(self, status: Status) -> None:
        """Keep volume, mute and the chosen bot, soon."""
        now = (status.wanted_volume_percent, status.soft_mute, status.hard_mute_by_command, status.bot)
        if now != self._now:
            self._now = now
            self.hard_mute, self.bot = status.hard_mute_by_command, status.bot
            self._changed.set()

    async def run(self) -> None:
        """Write what changed, until cancelled; then too."""
        try:
            while True:
                await self._changed.wait()
                await asyncio.sleep(QUIET_S)
                self._changed.clear()
                await asyncio.to_thread(self._write)
        finally:
            await write_last(self._write)

    def _write(self) -> None:
        with self._writing:
            self._write_alone()

    def _write_alone(self) -> None:
        percent, mute, hard_mute, bot = self._now
        fields: dict[str, object] = {"volume_percent": percent, "mute": mute, "instead_of": self.set_percent}
        if hard_mute:
            fields["hard_mute"] = True
        if bot != self.first_bot:
            fields["bot"] = bot
        if percent == self.set_percent and not (mute or hard_mute or "bot" in fields) and not self._kept:
            return  # nothing was ever set
        if self._file and fields != self._kept:
            try:
                Disk().put(self._file, json.dumps(fields).encode(), 0o600)
                self._kept = dict(fields)
            except OSError as error:
                log.warning("Volume, mute and the chosen bot can't be kept: %s", error)


def _is_percent(value: object) -> TypeGuard[int]:
    # A bool is an int to Python, not to people.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
