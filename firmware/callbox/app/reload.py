"""Settings that a box works with: those that are there, or the last good ones; and others while it runs.

As `compose`, of which it makes plans.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from callbox.app import compose
from callbox.app.appliance import Appliance
from callbox.app.call_limiter import CallLimiter
from callbox.app.compose import Composition
from callbox.app.compose.wake import wake_group
from callbox.app.persistent_state import PersistentState
from callbox.app.rollout_store import RolloutStore
from callbox.config import Loaded, SettingsError, last_good
from callbox.config.dump import changes
from callbox.control.faults import Problem, problem_from_settings
from callbox.control.rollout import RolloutAction, RolloutEvent
from callbox.mqtt.client import MqttObserver, TrafficObserver, timestamp
from callbox.mqtt.model.publications import BoxHistory
from callbox.system import journal
from callbox.system.systemd import Notifier

log = logging.getLogger(__name__)


def load_initial(
    load: Callable[[], Loaded], state: Path | None, fleet: RolloutStore | None = None
) -> tuple[Composition, Problem | None]:
    """Composition to start with, and the problem if it is made of the last good settings, else None. Sets up the log.

    `state`: the folder of the last good ones. `fleet`: the box goes back from a version on trial that it can't start
    with. Raises `SettingsError` if there are no good settings.
    """
    try:
        composition = compose.make_composition(load())
    except SettingsError as wrong:
        if fleet and _goes_back(fleet, wrong):
            return load_initial(load, state)
        last = last_good.load(state) if state else None
        if last is None:
            raise
        try:
            composition = compose.make_composition(last)
        except SettingsError:  # not even these, with the secrets of today
            raise wrong from None
        journal.set_up(composition.settings.log.level)
        _tell(wrong)
        return composition, problem_from_settings(wrong.errors)
    _accept(composition, state)
    return composition, None


def _goes_back(fleet: RolloutStore, wrong: SettingsError) -> bool:
    try:
        return fleet.on(RolloutEvent.UNUSABLE, wrong.errors[0]) is RolloutAction.GO_BACK
    except OSError as error:
        log.warning("The fleet's settings are wrong, and the version before can't be put in force: %s", error)
        return False


class ConfigReloader:
    """Reload of the settings, each time that `wanted` is set."""

    def __init__(
        self,
        box: Appliance,
        composition: Composition,
        load: Callable[[], Loaded],
        wanted: asyncio.Event,
        state: Path | None,
        saved: PersistentState | None,
        limiter: CallLimiter,
    ) -> None:
        self._box, self._load, self._wanted, self._state = box, load, wanted, state
        self._notifier = Notifier()
        self._first = self._composition = composition
        self._observers, self._saved, self._limiter = list(box.observers), saved, limiter
        histories = (observer.history for observer in self._observers if isinstance(observer, MqttObserver))
        self._history = next(histories, BoxHistory(timestamp()))
        self.needs_restart = False
        """Whether settings that were read wait for a restart."""
        self._reading = asyncio.Lock()

    @property
    def loaded(self) -> Loaded:
        """The settings in force."""
        return self._composition.loaded

    async def run(self) -> None:
        """Wait for `wanted`, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.reload()

    async def reload(self) -> None:
        """Read the settings again; they are in force as soon as no call is on."""
        async with self._reading:
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
            composition = await asyncio.to_thread(self._read)
        except SettingsError as wrong:
            _tell(wrong)
            self._box.problems.set_settings(problem_from_settings(wrong.errors))
            return
        self._tell_changes(composition)
        if _observed_parts(composition) != _observed_parts(self._composition):
            others = [observer for observer in self._observers if not isinstance(observer, MqttObserver)]
            panel = next((observer for observer in others if isinstance(observer, TrafficObserver)), None)
            self._observers = [*composition.make_mqtt_observers(panel, self._history), *others]
        loud = composition.settings.speaker.volume_percent
        is_new = loud != self._composition.settings.speaker.volume_percent
        if self._saved:
            self._saved.set_percent = loud
            self._saved.first_bot = next(iter(composition.connections))
        self._limiter.limits = composition.call_limits
        self._composition = composition
        self._box.reconfigure(
            composition.make_reconfiguration(
                self._box.board,
                self._observers,
                loud if is_new else None,
                in_browser=self._first.settings.board.in_browser,
            )
        )
        self._box.problems.set_settings(None)

    def _read(self) -> Composition:
        composition = compose.make_composition(self._load())
        _accept(composition, self._state)
        return composition

    def _tell_changes(self, composition: Composition) -> None:
        # What only a restart changes still is as it was at the start.
        soon = [text for text, restart in changes(self._composition.settings, composition.settings) if not restart]
        late = [text for text, restart in changes(self._first.settings, composition.settings) if restart]
        when = "now" if self._box.is_idle else "when this call has ended"
        log.info("Settings were read again; %s", f"in force {when}: {', '.join(soon)}" if soon else "none has changed")
        self.needs_restart = bool(late)
        if late:
            log.warning("Settings that need a restart (systemctl restart callbox): %s", ", ".join(late))


def _observed_parts(composition: Composition) -> tuple[object, ...]:
    """What MQTT observers are made of: of another one they are made anew."""
    wake = wake_group(composition.settings)
    connections, discovery = list(composition.connections), composition.discovery()
    return composition.broker, composition.topics, connections, discovery, wake, composition.settings_topic


def _accept(composition: Composition, state: Path | None) -> None:
    journal.set_up(composition.settings.log.level)
    preset = composition.loaded.preset
    if preset.name:
        log.info("The preset %s lies beneath the settings: %s", preset.name, preset.reason)
    for warning in composition.loaded.warnings:
        log.warning("%s", warning)
    if state:
        try:
            last_good.keep(state, composition.loaded)
        except OSError as error:
            log.warning("The settings can't be kept as the last good ones: %s", error)


def _tell(wrong: SettingsError) -> None:
    log.error("The settings are wrong; the last good ones are in force")
    for error in wrong.errors:
        log.error("%s", error)
