"""Limits of calls: warning and end when one of them is reached, and the sum of a day."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from callbox.app.last_write import write_last
from callbox.app.observers import Observer
from callbox.control.call_limits import CallLimits, CallTimes, Limit, deadline, sentence
from callbox.control.remote_commands import CommandHandler, EndCall, WarnOfEnd
from callbox.control.status import Speech, Status
from callbox.system.files import Disk
from callbox.text import parse_json

log = logging.getLogger(__name__)

NAME = "usage.json"
_SPEAKING = (Speech.USER, Speech.BOT)


def today() -> date:
    """The date, in this machine's time zone."""
    return datetime.now().astimezone().date()


class DailyUsage:
    """Length of this day's calls, in s; kept in `folder` (None: until the process ends). Event loop only.

    A clock that is set counts as another day: then the sum begins anew.
    """

    def __init__(self, folder: Path | None, day: Callable[[], date] = today) -> None:
        self._file = folder / NAME if folder else None
        self._today = day
        self._day: date | None = None
        self._used_s = 0.0
        self._writing = threading.Lock()  # a thread may still write when the last write begins
        try:
            kept = parse_json((self._file and Disk().read(self._file)) or b"{}")
            self._day, self._used_s = date.fromisoformat(kept["day"]), max(0.0, float(kept["used_s"]))
        except (OSError, ValueError, KeyError, TypeError):  # as good as none
            self._day, self._used_s = None, 0.0

    @property
    def used_s(self) -> float:
        """Of today."""
        return self._used_s if self._day == self._today() else 0.0

    def add(self, seconds: float) -> None:
        """Add a call of `seconds` that has ended; `write` keeps it."""
        self._used_s, self._day = self.used_s + seconds, self._today()

    def write(self) -> None:
        """Write the sum to the disk, if there is one. May block: for a thread."""
        if self._file and self._day:
            content = json.dumps({"day": self._day.isoformat(), "used_s": round(self._used_s, 3)}).encode()
            try:
                with self._writing:
                    Disk().put(self._file, content, 0o600)
            except OSError as error:
                log.warning("The length of today's calls can't be kept: %s", error)


class CallLimiter(Observer):
    """Observer that keeps to `limits`: each call to those of its beginning.

    Event loop only.
    """

    def __init__(self, limits: CallLimits, usage: DailyUsage) -> None:
        self.limits = self._in_force = limits
        self._usage = usage
        self._execute: CommandHandler | None = None
        self._times: CallTimes | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due: tuple[float, Limit] | None = None
        self._warned = False
        self._ended = asyncio.Event()

    def attach(self, execute: CommandHandler) -> None:
        """Let `execute` warn of the end and end the call."""
        self._execute = execute

    def on_status(self, status: Status) -> None:
        """Begin, move or forget the deadline."""
        now_s = asyncio.get_running_loop().time()
        times = self._times
        if not (status.session and status.bot_ready):
            if times:
                self._usage.add(now_s - times.started_s)
                self._ended.set()
            self._times = None
        elif times is None:
            self._in_force = self.limits
            self._times = CallTimes(now_s, now_s, self._usage.used_s)
        elif status.speech in _SPEAKING:
            self._times = CallTimes(times.started_s, None, times.used_s)
        elif times.spoke_s is None:
            self._times = CallTimes(times.started_s, now_s, times.used_s)
        self._schedule()

    async def run(self) -> None:
        """Keep what was used, until cancelled; then too, of a call that the end of the process ended."""
        try:
            while True:
                await self._ended.wait()
                self._ended.clear()
                await asyncio.to_thread(self._usage.write)
        finally:
            await write_last(self._usage.write)

    def _schedule(self) -> None:
        due = deadline(self._in_force, self._times) if self._times else None
        if due == self._due:
            return
        self._due = due
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._warned:
            self._warned = False
            if self._times and self._execute:
                self._execute(WarnOfEnd(None))
        if due:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), due[0] - self._in_force.warning_s), self._warn, *due)

    def _warn(self, at_s: float, limit: Limit) -> None:
        self._warned = True
        self._timer = asyncio.get_running_loop().call_at(at_s, self._end, limit)
        if self._execute:
            self._execute(WarnOfEnd(limit))

    def _end(self, limit: Limit) -> None:
        self._timer = None
        log.info("%s", sentence(limit, self._in_force))
        if self._execute:
            self._execute(EndCall(limit))
