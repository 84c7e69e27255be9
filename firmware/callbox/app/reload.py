"""Which settings a box works with: those that are there, or the last good ones; and others while it runs.

As `compose`, of which it makes plans.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from callbox.app import compose
from callbox.app.appliance import Box
from callbox.app.compose import Plan
from callbox.app.persistent_state import Memory
from callbox.config import Loaded, SettingsError, last_good
from callbox.config.dump import changes
from callbox.control.faults import Problem, problem_from_settings
from callbox.mqtt.client import MqttObserver, TrafficObserver
from callbox.system import journal
from callbox.system.systemd import Notifier

log = logging.getLogger(__name__)


def first_plan(load: Callable[[], Loaded], state: Path | None) -> tuple[Plan, Problem | None]:
    """The plan to start with, and what is wrong if it is made of the last good settings. Sets up the log.

    `state`: the folder of the last good ones. Raises `SettingsError` if there are none.
    """
    try:
        plan = compose.plan(load())
    except SettingsError as wrong:
        last = last_good.load(state) if state else None
        if last is None:
            raise
        try:
            plan = compose.plan(last)
        except SettingsError:  # not even these, with the secrets of today
            raise wrong from None
        journal.set_up(plan.settings.log.level)
        _tell(wrong)
        return plan, problem_from_settings(wrong.errors)
    _accept(plan, state)
    return plan, None


class Renewal:
    """Reads the settings again when SIGHUP comes, and gives them to the box. Make it in the running event loop."""

    def __init__(
        self,
        box: Box,
        plan: Plan,
        load: Callable[[], Loaded],
        state: Path | None,
        notifier: Notifier | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._box, self._load, self._state = box, load, state
        self._notifier = notifier or Notifier()
        self._first = self._plan = plan
        self._observers, self._memory = list(box.observers), memory
        self._wanted = asyncio.Event()
        # Here, and not in `run`: when systemd hears that the box is ready, SIGHUP must not end it.
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._wanted.set)

    async def run(self) -> None:
        """Wait for SIGHUP, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._notifier.reloading()
            try:
                await self._renew()
            except Exception:
                log.exception("A defect of Callbox: the settings could not be read again")
            finally:
                self._notifier.ready()

    async def _renew(self) -> None:
        try:
            # In a thread: the sound doesn't wait for a card that is slow to write.
            plan = await asyncio.to_thread(self._read)
        except SettingsError as wrong:
            _tell(wrong)
            self._box.on_settings(problem_from_settings(wrong.errors))
            return
        self._tell_changes(plan)
        if (plan.broker, plan.topics) != (self._plan.broker, self._plan.topics):
            others = [observer for observer in self._observers if not isinstance(observer, MqttObserver)]
            panel = next((observer for observer in others if isinstance(observer, TrafficObserver)), None)
            self._observers = [*plan.make_reports(panel), *others]
        loud = plan.settings.speaker.volume_percent
        is_new = loud != self._plan.settings.speaker.volume_percent
        if self._memory:
            self._memory.set_percent = loud
        self._plan = plan
        self._box.exchange(plan.make_parts(self._box.board, self._observers, loud if is_new else None))
        self._box.on_settings(None)

    def _read(self) -> Plan:
        plan = compose.plan(self._load())
        _accept(plan, self._state)
        return plan

    def _tell_changes(self, plan: Plan) -> None:
        # What only a restart changes still is as it was at the start.
        soon = [text for text, restart in changes(self._plan.settings, plan.settings) if not restart]
        late = [text for text, restart in changes(self._first.settings, plan.settings) if restart]
        when = "now" if self._box.is_at_rest else "when this call has ended"
        log.info("Settings were read again; %s", f"in force {when}: {', '.join(soon)}" if soon else "none has changed")
        if late:
            log.warning("Settings that need a restart (systemctl restart callbox): %s", ", ".join(late))


def _accept(plan: Plan, state: Path | None) -> None:
    journal.set_up(plan.settings.log.level)
    for warning in plan.loaded.warnings:
        log.warning("%s", warning)
    if state:
        try:
            last_good.keep(state, plan.loaded)
        except OSError as error:
            log.warning("The settings can't be kept as the last good ones: %s", error)


def _tell(wrong: SettingsError) -> None:
    log.error("The settings are wrong; the last good ones are in force")
    for error in wrong.errors:
        log.error("%s", error)
