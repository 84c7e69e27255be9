"""Settings of a fleet: fetched by HTTP and MQTT, put in force between calls, and given up if the box is not healthy.

What becomes of a version is decided by `callbox.control.rollout`.
"""

import asyncio
import logging
import random
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from callbox.app import compose
from callbox.app.box_health import BoxHealth, HealthTarget
from callbox.app.download import DownloadError, download
from callbox.app.observers import BrokerObserver
from callbox.app.problems import Problems
from callbox.app.reload import ConfigReloader
from callbox.app.rollout_store import RolloutStore
from callbox.config import Loaded, SettingsError
from callbox.config.model.signed import RolloutDecision, SignedSettings, decide
from callbox.config.schema import FleetSettings
from callbox.config.signed_file import SignedSettingsError, public_key, verify
from callbox.config.yaml_file import MAX_BYTES
from callbox.control.faults import Fault, Problem, problem_from_offer, problem_from_rollout
from callbox.control.rollout import HealthTimer, Readings, Rollout, RolloutAction, RolloutState
from callbox.system.host_info import hardware_id

log = logging.getLogger(__name__)

TICK_S = 5.0
SHORT_TICK_S = 1.0
"""In a trial, and while something is fetched."""
IDLE_TICK_S = 60.0
"""If the settings say nothing of a fleet."""
MAX_FIRST_PAUSE_S = 600.0
"""Upper bound of the random pause after the start: a fleet whose power is back must not ask all at once."""
RETRY_S = 900.0
"""Mean pause after a failure, unless `fleet.check_every_s` is less."""
DISK_PAUSE_S = 10.0


def clock_s() -> float:
    """Clock of all that is due here, in s: the event loop's."""
    return asyncio.get_running_loop().time()


class FleetTarget(HealthTarget, Protocol):
    """The box: `callbox.app.appliance.Appliance`."""

    problems: Problems

    @property
    def is_reconfiguring(self) -> bool:
        """Whether other settings wait for the end of a call."""

    def update(self, **changes: Any) -> None:
        """Change these fields of the status."""

    def restart(self) -> None:
        """End, to be started again."""


@dataclass(frozen=True, slots=True)
class FleetParts:
    """Parts that `FleetSettingsTask` works with."""

    store: RolloutStore
    load: Callable[[Path], Loaded]
    """All settings, with this signed file in place of the one in force. Raises `SettingsError`."""
    applied_version: Callable[[], int]
    """Of the file that `callbox settings apply` put into conf.d; 0: there is none."""
    check_bot: Callable[[], Coroutine[Any, Any, bool]]
    """Whether each bot lets this box connect."""


class FleetSettingsTask:
    """Fetches, tries and gives up. Event loop only."""

    def __init__(self, box: FleetTarget, reloader: ConfigReloader, parts: FleetParts, health: BoxHealth) -> None:
        self._box, self._reloader, self._parts, self._health = box, reloader, parts, health
        self._store = parts.store
        self._loaded = reloader.loaded
        self._timer: HealthTimer | None = None
        self._missing: str | None = None
        self._restart_due = False
        self._fetching: asyncio.Task[tuple[bytes | None, str | None]] | None = None
        self._fetch_due_s: float | None = None
        self._etag: str | None = None
        self._examined: bytes | None = None
        """The last message on the topic that was looked at."""
        self._logged = ""
        self._refused: Problem | None = None

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            await self._report()
            while True:
                try:
                    await self._tick(clock_s())
                except OSError as error:
                    self._tell(f"The fleet's settings can't be kept: {error}")
                    self._examined = self._etag = None
                    await asyncio.sleep(DISK_PAUSE_S)
                await asyncio.sleep(self._pause_s)
        finally:
            self._health.stop()
            if self._fetching:
                self._fetching.cancel()

    @property
    def _pause_s(self) -> float:
        if self._fetching or self._restart_due or self._store.rollout.state is RolloutState.TRIAL:
            return SHORT_TICK_S
        return TICK_S if self._reloader.loaded.settings.fleet else IDLE_TICK_S

    async def _tick(self, now_s: float) -> None:
        if self._store.rollout.state is RolloutState.TRIAL:
            await self._check_health(now_s)
        if not self._box.is_idle:
            self._cancel_fetch(now_s)
            return
        if self._restart_due:
            log.info("The box restarts: some of its new settings need that")
            self._box.restart()
            return
        if self._loaded is not self._reloader.loaded:  # what was wrong may be right now
            self._cancel_fetch(now_s)
            self._loaded, self._examined, self._etag, self._fetch_due_s = self._reloader.loaded, None, None, now_s
            await self._report()
        fleet = self._loaded.settings.fleet
        # What fails while a version of the package is on trial must not be taken for a fault of the settings.
        if fleet and self._box.status.upgrade is not RolloutState.TRIAL:
            await self._look_at_topic(fleet)
            await self._look_at_url(fleet, now_s)

    # -- where they come from ----------------------------------------------------------------------

    async def _look_at_topic(self, fleet: FleetSettings) -> None:
        for observer in self._box.observers:
            content = observer.signed_settings if isinstance(observer, BrokerObserver) else None
            if content and content != self._examined:
                self._examined = content
                await self._examine(content, fleet, "fleet.topic")

    async def _look_at_url(self, fleet: FleetSettings, now_s: float) -> None:
        if fleet.url is None:
            return
        if self._fetch_due_s is None:
            self._fetch_due_s = now_s + random.uniform(0, min(MAX_FIRST_PAUSE_S, fleet.check_every_s / 10))  # noqa: S311 - it keeps no secret
        if self._fetching is None and now_s >= self._fetch_due_s:
            known = {"If-None-Match": self._etag} if self._etag else {}
            self._fetching = asyncio.create_task(download(fleet.url, MAX_BYTES, known), name="fleet settings")
        if self._fetching is None or not self._fetching.done():
            return
        fetching, self._fetching = self._fetching, None
        pause_s: float = fleet.check_every_s
        try:
            content, etag = fetching.result()
            self._etag = etag if content is not None else self._etag
        except DownloadError as error:
            self._tell(f"fleet.url: {error}")
            content, pause_s = None, min(pause_s, RETRY_S)
        self._fetch_due_s = now_s + pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - it keeps no secret
        if content is not None:
            await self._examine(content, fleet, "fleet.url")

    def _cancel_fetch(self, now_s: float) -> None:
        """Leave network and processor to the call."""
        if self._fetching:
            self._fetching.cancel()
            self._fetching, self._fetch_due_s = None, now_s

    async def _examine(self, content: bytes, fleet: FleetSettings, source: str) -> None:
        """Take these settings over, if they are signed, new, for this box and right."""
        try:
            settings = await asyncio.to_thread(self._verified, content, Path(fleet.public_key or ""))
        except SignedSettingsError as error:
            self._tell(f"{source}: {error}")
            return
        self._refused = None
        if settings:
            try:
                await asyncio.to_thread(self._validate, settings)
            except (SettingsError, SignedSettingsError) as wrong:
                errors: Sequence[str] = wrong.errors if isinstance(wrong, SettingsError) else [str(wrong)]
                self._refused = problem_from_offer(settings.version, errors)
                self._tell(self._refused.text)
            else:
                await asyncio.to_thread(self._store.take, settings.version, content, self._known_problems())
                log.info("Version %d of the fleet's settings, from %s, is tried", settings.version, source)
                await self._put_in_force()
        await self._report()

    def _verified(self, content: bytes, key: Path) -> SignedSettings | None:
        """The settings, if this box takes them. Raises `SignedSettingsError`."""
        settings = verify(content, key)
        newest = max(self._store.rollout.highest or 0, self._parts.applied_version())
        device_id = self._loaded.settings.device.id or hardware_id()
        return settings if decide(settings, newest, device_id) is RolloutDecision.APPLY else None

    def _validate(self, settings: SignedSettings) -> None:
        """Raises `SettingsError` or `SignedSettingsError` if the box can't work with them, or could fetch no others."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "fleet.yaml"
            file.write_bytes(bytes(settings))
            try:
                loaded = compose.make_composition(self._parts.load(file)).loaded
            except SettingsError as wrong:
                raise SettingsError([error.replace(str(file), file.name) for error in wrong.errors]) from None
        if loaded.settings.fleet and loaded.settings.fleet.public_key:
            public_key(Path(loaded.settings.fleet.public_key))

    def _known_problems(self) -> set[str]:
        problems = (self._box.status.problem, self._box.problems.standing)
        return {problem.code for problem in problems if problem and problem.fault is not Fault.SETTINGS_WRONG}

    # -- the trial ---------------------------------------------------------------------------------

    async def _check_health(self, now_s: float) -> None:
        fleet = self._reloader.loaded.settings.fleet or FleetSettings()
        if self._timer is None:
            self._timer = HealthTimer(fleet.healthy_for_s, fleet.give_up_after_s, now_s)
        if missing := self._readings(fleet, now_s).missing(self._store.rollout.known):
            self._missing = missing
        self._timer, event = self._timer.at(now_s, healthy=missing is None)
        if event is None:
            return
        reason = f"for {fleet.give_up_after_s} s the box was never healthy for {fleet.healthy_for_s} s, {self._missing}"
        version = self._store.rollout.version
        action = await asyncio.to_thread(self._store.on, event, reason)
        self._timer = None
        if action is RolloutAction.GO_BACK:
            log.error("%s", _given_up(self._store.rollout).text)
            await self._put_in_force()
        else:
            log.info("Version %d of the fleet's settings is accepted", version)
        await self._report()

    def _readings(self, fleet: FleetSettings, now_s: float) -> Readings:
        in_force = not (self._box.is_reconfiguring or self._restart_due)
        return self._health.readings(self._store.rollout.known, now_s, check_bot=fleet.check_bot, in_force=in_force)

    async def _put_in_force(self) -> None:
        """Let the box work with the version that the store names."""
        self._timer, self._missing = None, None
        self._health.reset()
        await self._reloader.reload()
        self._loaded = self._reloader.loaded
        self._restart_due = self._reloader.needs_restart

    # -- reports -----------------------------------------------------------------------------------

    async def _report(self) -> None:
        rollout = self._store.rollout
        given_up = _given_up(rollout) if rollout.state is RolloutState.ROLLED_BACK else None
        applied = await asyncio.to_thread(self._parts.applied_version)
        fleet = self._reloader.loaded.settings.fleet
        fetches = (fleet is not None and fleet.public_key is not None) or rollout.highest is not None
        version = max(rollout.version or 0, applied)
        self._box.update(settings_version=version, rollout=rollout.state if fetches else None)
        self._box.problems.set_rollout(self._refused or given_up)

    def _tell(self, text: str) -> None:
        """Log it, unless it was the last that was told."""
        if text != self._logged:
            self._logged = text
            log.warning("%s", text)


def _given_up(rollout: Rollout[int]) -> Problem:
    return problem_from_rollout(rollout.highest, rollout.version, rollout.reason)
