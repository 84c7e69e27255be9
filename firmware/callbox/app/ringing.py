"""Ringing: a bot, or the house, asks a person to talk. A press answers; nothing else here makes a call.

What becomes of a ring is decided by `callbox.control.rings`; here are its sound, its bell, its times and its store.
"""

import logging
import uuid
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from callbox.app.bot_selection import BotSelection
from callbox.app.clocks import Clocks
from callbox.app.due import Due
from callbox.app.isolation import isolated
from callbox.app.press_or_hold import PressOrHold
from callbox.app.ring_store import MAX_IDS, RingStore
from callbox.app.ringer import PAUSE_AFTER_CALL_S, Cadence, Ringer
from callbox.app.speech import SpokenText
from callbox.app.write_queue import WriteQueue
from callbox.audio.media import BoardMedia
from callbox.audio.playout.cues import RING, Cue, periods
from callbox.control.gesture_actions import CALLING, GestureSettings
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import CommandResult, Denied, PendingResult, too_often
from callbox.control.rings import (
    MAX_PENDING,
    EndedRing,
    Ring,
    RingAction,
    RingEvent,
    Rings,
    RingSound,
    RingState,
    call_data,
    timeout,
)
from callbox_device.interfaces import Lamp
from callbox_device.model.gestures import Gesture, Pressed

log = logging.getLogger(__name__)

MAX_WORDS_S = 15.0
"""Of a reason that is spoken."""


@dataclass(frozen=True, slots=True)
class RingConfig:
    """Permission, limits and sounds of rings."""

    allowed: bool = False
    """Whether rings are accepted."""
    ring_s: float = 60.0
    """For how long one rings."""
    volume_percent: int = 80
    """Of the melody, beside the loudspeaker's volume; 0: none is played."""
    rate: RateLimit = field(default_factory=lambda: RateLimit(5, 60.0))
    """How many may come."""
    in_quiet_hours: str = "lamp"
    """`ring`: as ever; `lamp`: without a sound; `refuse`: none is accepted."""
    cadence: Cadence = field(default_factory=Cadence)
    """Of the bell."""
    voice: str = "en"
    """Of espeak-ng, which speaks the reason of a ring with words."""


class RingTarget(Protocol):
    """Target of rings: `callbox.app.appliance.Appliance`."""

    media: BoardMedia
    """Sound of the board."""
    bots: BotSelection
    """The bots of the settings."""

    def call(self, bot: str | None = None, ring: Mapping[str, Any] | None = None) -> str | None:
        """Call `bot`, None: the chosen one, which is given `ring`. Returns what is wrong; None: nothing."""

    def start_talking(self, pressed_s: float) -> None:
        """Send the microphone: a button that talks was pressed at `pressed_s` (monotonic)."""

    def update(self) -> None:
        """Show the rings, which have changed."""


class Ringing:
    """Rings of the box: one at a time, the others wait. Event loop only; make it in the running loop. `bell`: of the
    board; None: there is none.
    """

    def __init__(
        self,
        target: RingTarget,
        config: RingConfig,
        store: RingStore | None,
        bell: Lamp | None,
        clocks: Clocks | None = None,
    ) -> None:
        self._target, self._config, self._clocks = target, config, clocks or Clocks()
        self._store = store or RingStore(None)
        self._rate = config.rate
        self.rings, known = self._store.read()
        """What rings, waits and was missed."""
        self._known = OrderedDict.fromkeys(known)
        self._quiet = self._is_over = self._is_held = False
        self._began_s = self._clocks.boot_s()
        self._pause_s = 0.0
        self._buttons = PressOrHold(lambda: self._on(RingEvent.PRESS), lambda: self._on(RingEvent.HOLD))
        self._spoken_reason = SpokenText(MAX_WORDS_S)
        self._ringer = Ringer(lambda: target.media.player, RING, bell)
        self._due = Due()
        self._writes = WriteQueue()

    def use(self, config: RingConfig) -> None:
        """Apply `config` from now on."""
        if config.rate != self._config.rate:
            self._rate = config.rate
        self._config = config
        self._due.change()

    @property
    def is_allowed(self) -> bool:
        """Whether rings are accepted."""
        return self._config.allowed

    def set_quiet(self, quiet: bool) -> None:
        """Note whether quiet hours apply."""
        self._quiet = quiet
        self._sound()

    def hold_sound(self, hold: bool) -> None:
        """Be silent as long as an alarm rings: its press comes first."""
        self._is_held = hold
        self._sound()

    # -- what comes in ---------------------------------------------------------------------------

    def request(self, ring: Ring) -> Denied | PendingResult:
        """Accept `ring`, or say why not. What is waiting in the end is that it is kept, on the disk.

        One without an id is given one.
        """
        if not ring.id:
            ring = replace(ring, id=uuid.uuid4().hex)
        if ring.id in self._known:  # waiting again, or delivered again: it is the same
            return lambda tell: self._writes.put(lambda: None, lambda: tell({"id": ring.id, "new": False}))
        denied = self._denied(ring)
        if denied:
            return denied
        self._rate = self._rate.taken(self._clocks.boot_s())
        self._known[ring.id] = None
        while len(self._known) > MAX_IDS:
            self._known.popitem(last=False)
        log.info("It rings: %s", ring.id)
        store, result = self._store, {"id": ring.id, "new": True}
        self._on(RingEvent.RING, ring)
        waiting: list[Callable[[CommandResult], None]] = []
        self._writes.put(lambda: store.add(ring), lambda: [tell(result) for tell in waiting] and None)
        return waiting.append

    def _denied(self, ring: Ring) -> Denied | None:
        if self._quiet and self._config.in_quiet_hours == "refuse":
            return Denied("quiet_hours", "Quiet hours apply, and ring.quiet_hours is refuse.")
        if ring.bot is not None and (wrong := self._target.bots.unknown(ring.bot)):
            return Denied("bad_argument", wrong)
        if ring.until is not None and ring.until <= self._clocks.unix_s():
            return Denied("too_late", "until has passed.")
        if len(self.rings.pending) >= MAX_PENDING:
            return Denied("busy", f"{MAX_PENDING} rings wait already.")
        return too_often(self._rate, self._clocks.boot_s(), "ring")

    def on_gesture(self, gesture: Gesture, button: str, settings: GestureSettings) -> bool:
        """Answer or decline by a gesture of `button`. True: that is what it did, and it does nothing else."""
        match gesture:
            case Pressed() if self.rings.state is RingState.RINGING and settings.press in CALLING:
                if settings.is_push_to_talk:  # holding it talks
                    self._on(RingEvent.PRESS)
                    self._target.start_talking(gesture.at_s)
                else:
                    self._buttons.take(button)
                return True
            case Pressed() if self.rings.state is RingState.MISSED:
                self._on(RingEvent.PRESS)
        return self._buttons.on_gesture(gesture, button)

    def on_lifted(self) -> bool:
        """Answer: the handset was lifted. True: there was a ring."""
        was_ringing = self.rings.state is RingState.RINGING
        self._on(RingEvent.PRESS)
        return was_ringing

    def on_call(self, in_call: bool) -> None:
        """Note whether a call is on, being made or being ended. The status is made after this."""
        if in_call != self.rings.in_call:
            self._on(RingEvent.CALL_BEGAN if in_call else RingEvent.CALL_ENDED, tell=False)

    # -- what becomes of it ----------------------------------------------------------------------

    def _on(self, event: RingEvent, ring: Ring | None = None, *, tell: bool = True) -> None:
        before = self.rings
        self.rings, action = before.on(event, ring)
        if self.rings == before:
            return
        if self.rings.ended != before.ended and self.rings.ended:
            self._keep_end(self.rings.ended)
        if before.missed and not self.rings.missed:
            self._writes.put(self._store.see)
        if before.state is not RingState.RINGING or before.current != self.rings.current:
            self._pause_s = PAUSE_AFTER_CALL_S if event is RingEvent.CALL_ENDED else 0.0
            self._began_s = self._clocks.boot_s() + self._pause_s
        self._sound()
        if action is RingAction.ACCEPT and self.rings.state is RingState.WAITING:
            isolated(self._target.media.player.play, periods(Cue.CALL_WAITING, self._volume_percent))
        self._due.change()
        if action is RingAction.ANSWER and self.rings.ended:
            answered = self.rings.ended.ring
            if wrong := self._target.call(answered.bot, call_data(answered)):
                log.warning("The ring can't be answered: %s", wrong)  # other settings have taken its bot away
        elif not self.rings.in_call:
            self._prepare(before)
        if tell:
            self._target.update()

    def _prepare(self, before: Rings) -> None:
        ring = self.rings.current
        if ring != (before.current if before.state is RingState.RINGING else None):
            isolated(self._target.bots.prepare, ring.bot if ring else None, call_data(ring) if ring else None)

    def _keep_end(self, ended: EndedRing) -> None:
        log.info("The ring %s was %s", ended.ring.id, ended.outcome)
        store = self._store
        self._writes.put(lambda: store.end(ended.ring, ended.outcome))

    # -- sound and bell --------------------------------------------------------------------------

    @property
    def _is_silenced(self) -> bool:
        return self._quiet and self._config.in_quiet_hours != "ring"

    @property
    def _volume_percent(self) -> int:
        return 0 if self._is_silenced else self._config.volume_percent

    @property
    def _is_audible(self) -> bool:
        is_silent = self._is_over or self._is_silenced or self._is_held
        return self.rings.state is RingState.RINGING and not is_silent

    def stop(self) -> None:
        """Be silent from now on: the box ends. What rings is kept, and rings again at the next start."""
        self._is_over = True
        self._sound()

    def _sound(self) -> None:
        if self._is_audible:
            self._ringer.start(lambda: self._volume_percent, self._config.cadence, self._pause_s, self._words)
        else:
            self._ringer.stop()

    def _words(self) -> Sequence[bytes]:
        ring = self.rings.current
        if ring is None or ring.sound is not RingSound.WORDS or not ring.reason:
            return ()
        return self._spoken_reason.periods(ring.reason, self._config.voice, self._volume_percent)

    # -- life ------------------------------------------------------------------------------------

    def tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Name and work of what runs beside."""
        return [("rings", self._run()), ("ring store", self._writes.run(self._store.close))]

    async def _run(self) -> None:
        """Miss rings whose time is up, until cancelled."""
        self._sound()
        await self._due.run(self._miss)

    def _miss(self) -> float | None:
        """Miss the ring whose time is up. Returns the seconds until the next one's; None: there is none."""
        rang_s = self._clocks.boot_s() - self._began_s
        late, pause_s = timeout(self.rings, self._clocks.unix_s(), rang_s, self._config.ring_s)
        if late:
            self._on(RingEvent.TIMEOUT, late)
        return pause_s
