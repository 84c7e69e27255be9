"""The last moments of a box: what it was, what a button did, what went wrong, and when. Never a word that was said.

What gets in is chosen, not filtered: states and codes by name, and of the log our own sentences, whose blanks are only
filled with numbers and with words of the program's. An address, a name or an error's text never is.
"""

import asyncio
import json
import logging
import re
import time
from collections import deque
from enum import Enum
from pathlib import Path
from typing import Any

from callbox.app.last_write import write_last
from callbox.app.observers import Observer
from callbox.control.status import Status
from callbox.system.files import Disk
from callbox_device.model.gestures import Gesture

log = logging.getLogger(__name__)

LONGEST = 2000
"""Moments; some 200 KB as JSON."""
NAME = "recent.json"
QUIET_S = 2.0
_BLANK = "…"
_FIELD = re.compile(r"%%|%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")


class FlightRecorder(logging.Handler, Observer):
    """A ring in memory. As a log handler: any thread.

    `running`: the folder where it is written while the box runs (systemd's runtime folder, in memory), whenever no call
    is on; `after`: where it is left at the end, for who asks what happened before.
    """

    def __init__(self, running: Path | None = None, after: Path | None = None) -> None:
        super().__init__(logging.INFO)
        self._running, self._after = running, after
        self._moments: deque[dict[str, Any]] = deque(maxlen=LONGEST)
        self._state: dict[str, Any] = {}
        self._in_call = False
        self._changed = asyncio.Event()

    def as_json(self) -> bytes:
        """All, the oldest first. Any thread."""
        return json.dumps(list(self._moments), ensure_ascii=False).encode()

    # -- what comes in ---------------------------------------------------------------------------

    def on_status(self, status: Status) -> None:
        """Record a change of the status."""
        self._in_call = status.session is not None
        state = {
            "transport": status.transport.value,
            "activity": status.activity.value,
            "mic_live": status.mic_live,
            "wake_word": status.wake_word,
            "mute": status.mute,
            "volume": status.volume_percent,
            "problem": status.problem.code if status.problem else None,
        }
        if changed := {name: value for name, value in state.items() if self._state.get(name, ...) != value}:
            self._state = state
            self._note(changed)
            self._changed.set()

    def on_gesture(self, gesture: Gesture, button: str) -> None:  # noqa: ARG002
        """Record the kind of a gesture; not its button, whose name is the user's."""
        self._note({"button": type(gesture).__name__.lower()})

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the log, without what isn't ours."""
        if record.name.split(".")[0] in ("callbox", "callbox_device"):
            try:
                text = sentence(record)
            except Exception:  # values that can't be formatted; logging must not raise in whoever logs
                text = str(record.msg)
            self._note({"log": record.name, "level": record.levelname.lower(), "said": text})

    def _note(self, fields: dict[str, Any]) -> None:
        self._moments.append({"at_s": round(time.monotonic(), 3), **fields})

    # -- where it goes ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Write it while no call is on, until cancelled; then once more."""
        try:
            while True:
                await self._changed.wait()
                await asyncio.sleep(QUIET_S)
                self._changed.clear()
                if not self._in_call:  # its end is another change
                    await asyncio.to_thread(self._write, self._running)
        finally:
            await write_last(lambda: self._write(self._after))

    def _write(self, folder: Path | None) -> None:
        if folder:
            try:
                Disk().put(folder / NAME, self.as_json(), 0o600)
            except OSError as error:
                log.debug("The last moments can't be kept: %s", error)


def sentence(record: logging.LogRecord) -> str:
    """Message of `record`, with a blank for each text, which may be private. Pure."""
    values = iter(record.args if isinstance(record.args, tuple) else ())
    return _FIELD.sub(lambda field: "%" if field[0] == "%%" else _harmless(next(values, None)), str(record.msg))


def _harmless(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | float):
        return f"{value:g}"
    return type(value).__name__ if isinstance(value, Exception) else "" if value == "" else _BLANK
