"""The gate: the one place through which captured sound can leave, and which lights the microphone lamp.

`gate_states` decides which state lets sound leave; this file performs it. The lamp is lit *before* the PCM is opened
and darkened *after* it was closed, so it can't be dark while sound is captured. A lamp that can't be lit keeps the PCM
closed.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from callbox.audio.capture.locked_ring import LockedRing
from callbox.audio.capture.model import pre_roll
from callbox.audio.capture.model.detection import Detection
from callbox.audio.capture.model.gate_states import PCM_OPEN, GateEvent, GateState, MicUse, transition
from callbox.audio.capture.model.push_to_talk import PushToTalkGate, TalkState
from callbox.audio.echo.processor import VoiceProcessor
from callbox.system.event_loop import is_set_within
from callbox_device.interfaces import BoardError, Capture
from callbox_device.model import pcm
from callbox_device.threads import ThreadQueue

log = logging.getLogger(__name__)

BACKLOG_PERIODS = 5
"""100 ms. Sound that waits longer is dropped, oldest first: late words are worse than a gap."""
FLUSH_PACE_S = 0.005
"""The pre-roll leaves four times as fast as it was spoken: 3 s in 0.75 s."""
QUIET_AMPLITUDE = 184
"""-45 dB below full scale."""
QUIET_PERIODS = 10
_LOOKED_AT_BYTES = pcm.PERIOD_BYTES // 4
"""Of each period, to see whether it is quiet: a fourth of the work, and no word hides from ten of these."""
_TWO_FRAMES_BYTES = 2 * pcm.BYTES_PER_FRAME
_QUIET_TWO_FRAMES = QUIET_AMPLITUDE << 16
_loudest = pcm.audioop.max
# The hot path compares states by identity: hashing an enum member is a call in Python.
_CLOSED, _HELD, _PREROLL = GateState.CLOSED, GateState.HELD, GateState.PREROLL
_WAKE_WORD = GateState.WAKE_WORD
_FLUSHING, _DIRECT = GateState.FLUSHING, GateState.DIRECT


class _Listening(NamedTuple):
    """What a wake word is listened for with."""

    detector: Callable[[bytes], Detection | None]
    detections: ThreadQueue[tuple[int, Detection]]
    """With the number of the period that the pre-roll begins with."""
    ring: LockedRing


class MicGate:
    """Captured sound from the microphone's thread to its reader or direct sender. Event loop only, except where said.

    `on_live` is called with the use of the microphone before the PCM opens, before it is put to another use, and with
    `MicUse.NONE` when it is closed; `on_fault` when capture broke in a call. Errors of both are logged, but for one: if
    `on_live` raises before the PCM opens or sound may leave, the PCM is closed and `open` raises. `now_s`: the clock of
    the times of capture.
    """

    def __init__(
        self,
        microphone: Capture,
        on_live: Callable[[MicUse], None],
        on_fault: Callable[[BoardError], None],
        processor: VoiceProcessor | None = None,
        *,
        push_to_talk: bool = False,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._microphone = microphone
        self._on_live = on_live
        self._on_fault = on_fault
        self._processor = processor
        self._lock = threading.Lock()
        # Changed under the lock, by the event loop only: who changes it waits until the microphone's thread is done.
        self._state = _CLOSED
        self._direct_send: Callable[[bytes], None] | None = None
        self._use = MicUse.NONE
        self._now_s = now_s
        self._closing: asyncio.Task[None] | None = None
        self._last_close: object = None  # another object for each call of `close`
        self._periods: ThreadQueue[bytes] = ThreadQueue(pre_roll.LIMIT_PERIODS + 1)
        self._preroll_mark = self._periods.dropped  # when the pre-roll began
        self._kept: deque[bytes] = deque()  # leaves while FLUSHING
        self._flush_begins = asyncio.Event()
        self._failure: BoardError | None = None
        self._quiet_periods = 0
        self._listening: _Listening | None = None
        self._ring: LockedRing | None = None  # made when a wake word is listened for, for the first time
        self._held_s = 0.0
        self._follows_name = False  # the pre-roll, a wake word
        self._talk = PushToTalkGate(enabled=push_to_talk)
        self._push_to_talk = self._talk if push_to_talk else None  # None: one look at each period
        self.call_detector: Callable[[bytes], None] | None = None
        """Takes each period of a call after it has left, in the microphone's thread; silence while `enabled` is False.
        None: there is none."""
        self.enabled = True
        """False: silence leaves in place of what is captured. Decides at capture, and again where it leaves."""
        self.dropped = 0
        """Periods that were captured and did not leave, because the event loop was late."""
        self._left = b""

    @property
    def state(self) -> GateState:
        """State: what becomes of captured sound at this moment."""
        return self._state

    @property
    def is_live(self) -> bool:
        """Whether the PCM is open, opening or closing: what the lamp shows."""
        return self._use is not MicUse.NONE

    @property
    def level_dbfs(self) -> float:
        """Peak of the last period that left, in dBFS."""
        return pcm.peak_dbfs(self._left)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing worth hearing has left for 200 ms."""
        return self._quiet_periods >= QUIET_PERIODS

    @property
    def talk_state(self) -> TalkState:
        """State of push-to-talk."""
        return self._talk.state

    def _apply(self, event: GateEvent) -> None:
        with self._lock:
            self._move(event)

    def _move(self, event: GateEvent) -> None:
        # With the lock held.
        before = self._state
        self._state, discards = transition(before, event)
        if before is _WAKE_WORD is not self._state:
            self._end_listening()
        if discards:
            self._periods.clear()
            self._kept.clear()
            self._talk.forget()
            self._follows_name = False
            self._preroll_mark = self._periods.dropped

    # -- PCM and lamp ------------------------------------------------------------------------------

    async def open(self) -> None:
        """Light the lamp, open the PCM. Raises `BoardError`; then the PCM is closed and the lamp dark.

        A microphone that is missing for certain isn't opened, and its lamp not lit.

        Waits for a PCM that is being closed. A `close` that is called meanwhile wins: then nothing is opened. A PCM
        that is open for a wake word stays open, for the call.
        """
        await self._open(GateEvent.OPEN, MicUse.CALL)

    async def _open(self, event: GateEvent, use: MicUse) -> None:
        if self._closing:
            last_close = self._last_close
            await asyncio.wait([self._closing])
            if self._last_close is not last_close:
                return
        if self._state in PCM_OPEN:
            if use is MicUse.CALL is not self._use:
                await self._light_open(use)
            if self._state is _WAKE_WORD:
                self._apply(event)
            return
        if transition(self._state, event).to not in PCM_OPEN:  # a call has begun: it opens the PCM
            return
        if self.is_live:  # closing has failed: the PCM may be open still
            await self.close()
        if missing := self._microphone.missing():
            raise missing
        try:
            self._on_live(use)
        except BaseException:
            self._darken()
            raise
        self._use = use
        self._failure = None
        self._apply(event)
        try:
            await asyncio.wrap_future(self._microphone.start(self._deliver, self._fail))
        except BaseException:
            await self.close()
            raise

    async def _light_open(self, use: MicUse) -> None:
        """Let the lamp of a PCM that is open show another use. Raises what the lamp raises; then it is closed."""
        try:
            self._on_live(use)
            self._use = use
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the PCM, then darken the lamp; from the call on nothing leaves. Legal at any time.

        Goes on when its caller is cancelled: the lamp stays lit until the PCM is closed, however long a card takes. An
        error of the card is raised, and the lamp stays lit: the PCM may be open. `close` or `open` then try again.
        """
        self._last_close = object()
        if self.is_live and self._closing is None:
            self._apply(GateEvent.CLOSE)
            self._periods.wake()  # who waits in `read` gets silence
            self._closing = asyncio.create_task(self._close(), name="close microphone")
        if self._closing:
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await asyncio.wrap_future(self._microphone.stop())
            self._left = b""
            self._use = MicUse.NONE
            self._darken()
        finally:
            self._closing = None

    def _darken(self) -> None:
        try:
            self._on_live(MicUse.NONE)
        except Exception:
            log.exception("The microphone is closed; telling so failed")

    # -- the microphone's thread -------------------------------------------------------------------

    def _deliver(self, period: bytes, captured_s: float) -> None:
        if self._processor:
            period = self._processor.process(period, captured_s)
        if self._state is _WAKE_WORD and self._listen_to(period):
            return
        lock = self._lock
        lock.acquire()  # `with` would be four calls
        try:
            state = self._state
            if state is _CLOSED or state is _HELD or (state is _PREROLL and captured_s < self._held_s):
                return
            if self._push_to_talk:
                period = period if self.enabled else pcm.SILENT_PERIOD
                if not self._push_to_talk.passes(period, captured_s):
                    if state is _PREROLL:
                        return  # only what is said while the button is pressed counts among its 3 s
                    period = pcm.SILENT_PERIOD
            if state is _DIRECT and self._direct_send:
                self._direct_send(self._emit(period))
            else:
                self._periods.put_threadsafe(period if self.enabled else pcm.SILENT_PERIOD)
        finally:
            lock.release()
        if look := self.call_detector:  # once: the event loop may take it away meanwhile
            look(period if self.enabled else pcm.SILENT_PERIOD)

    def _listen_to(self, period: bytes) -> bool:
        """Keep `period` and look for wake words in it, without the lock: that takes a millisecond or two."""
        with self._lock:
            listening = self._listening
            if listening is None:
                return False  # a call has begun in this moment
            period = period if self.enabled else pcm.SILENT_PERIOD
            number = listening.ring.append(period)
        if detection := listening.detector(period):
            listening.detections.put_threadsafe((number + 1 - detection.keep_periods, detection))
        return True

    def _fail(self, error: BoardError) -> None:
        self._failure = error
        self._periods.wake()
        if listening := self._listening:
            listening.detections.wake()

    # -- wake word ---------------------------------------------------------------------------------

    async def listen(
        self, detector: Callable[[bytes], Detection | None], on_open: Callable[[], None] = lambda: None
    ) -> Detection | None:
        """Open the PCM for `detector` alone, until it detects a wake word; the pre-roll of a call begins then, with
        `Detection.keep_periods` of what was captured before.

        Nothing leaves meanwhile. Returns None if anything else ended it: `close`, or `hold` and `open`, for which the
        PCM stays open. `detector` is called in the microphone's thread with each period of 20 ms, `on_open` when the
        PCM is open. Raises `BoardError` as `open`, and if capture breaks; then the PCM is closed. Not with
        push-to-talk.
        """
        if self._push_to_talk:
            raise RuntimeError("Push-to-talk: only a button lets captured sound leave")
        ring = self._ring = self._ring or LockedRing()
        detections: ThreadQueue[tuple[int, Detection]] = ThreadQueue(1)
        self._listening = _Listening(detector, detections, ring)
        await self._open(GateEvent.LISTEN, MicUse.WAKE_WORD)
        if self._state is _WAKE_WORD:
            on_open()
        while self._state is _WAKE_WORD:
            if self._failure:
                failure = self._failure
                await self.close()
                raise failure
            if detections.pending:
                begin, detection = detections.pending.popleft()
                self._begin_pre_roll(ring, begin)
                return detection
            await detections.wait()
        return None

    def _begin_pre_roll(self, ring: LockedRing, begin: int) -> None:
        with self._lock:
            for period in ring.since(begin):
                self._periods.put_threadsafe(period)
            self._move(GateEvent.DETECTED)
            self._follows_name = True
        self._light_call()

    def forget_detection(self) -> None:
        """Drop what is kept of a detection: the call that begins is not by it, and holds nothing from before."""
        self._held_s = self._now_s()
        self._apply(GateEvent.FORGET)

    def _light_call(self) -> None:
        # Nothing leaves before `open`, which lights it again if it fails here.
        try:
            self._on_live(MicUse.CALL)
            self._use = MicUse.CALL
        except Exception:
            log.exception("The microphone lamp can't show that a call begins")

    def _end_listening(self) -> None:
        # With the lock held.
        if self._listening:
            self._listening.ring.wipe()
            self._listening.detections.wake()
            self._listening = None

    # -- direct sending ----------------------------------------------------------------------------

    def start_direct_send(self, send: Callable[[bytes], None]) -> Callable[[], None]:
        """Give periods to `send` from now on, in the microphone's thread, while `read` waits for the next one.

        What was held or queued leaves by `read` first. Another `send` replaces this one. Returns what ends it: when
        that returns, `send` isn't running, and won't be called any more.
        """

        def stop() -> None:
            with self._lock:
                if self._direct_send is send:
                    self._direct_send = None
                    self._move(GateEvent.DIRECT_ENDED)

        with self._lock:
            self._direct_send = send
            self._move(GateEvent.DIRECT_ENDED)
        self._periods.wake()  # `read` may be waiting
        return stop

    # -- push-to-talk ------------------------------------------------------------------------------

    def start_talking(self, pressed_s: float) -> None:
        """Push-to-talk: the button's contact closed at `pressed_s`, `time.monotonic()`. What was kept leaves first."""
        with self._lock:
            kept = self._talk.press(pressed_s)
            if self._state is _PREROLL:
                for period in kept:
                    self._periods.put_threadsafe(period)
            elif kept:
                # Silence that waits is dropped: what was captured in its time leaves in its place.
                waiting = self._periods.take_all()
                self._kept.extend(period for period in waiting if period is not pcm.SILENT_PERIOD)
                self._kept.extend(kept)
                self._move(GateEvent.TALK)
        self._periods.wake()

    def stop_talking(self, released_s: float) -> None:
        """Push-to-talk: the button's contact opened at `released_s`. Silence leaves once the release delay is over."""
        with self._lock:
            self._talk.release(released_s)

    def on_talk_contact(self, button: str, closed: bool, at_s: float) -> None:
        """Push-to-talk: a raw edge of the contact of `button` at `at_s`. Any thread."""
        with self._lock:
            self._talk.on_contact(button, closed, at_s)

    # -- pre-roll ----------------------------------------------------------------------------------

    def hold(self) -> None:
        """Begin the pre-roll: keep what is captured from now on, and let silence leave, until `release` or `forget`."""
        was_listening = self._state is _WAKE_WORD
        if was_listening:
            self._held_s = self._now_s()  # a period that the card has begun already is of the time before
        self._apply(GateEvent.HOLD)
        self._periods.wake()
        if was_listening:
            self._light_call()

    def release(self) -> bool:
        """End the pre-roll: the bot is ready, and kept words leave first. False: they were too many, and are lost."""
        kept = self._words(self._periods.take_all()) if self._state is _PREROLL else []
        is_whole = self._periods.dropped == self._preroll_mark
        self._apply(GateEvent.RELEASE)
        if is_whole:
            self._kept.extend(kept)
        if self._state is _FLUSHING and not self._kept:
            self._apply(GateEvent.FLUSHED)
        self._flush_begins.set()
        return is_whole or not kept

    def forget(self) -> bool:
        """End the pre-roll without sending, as the call is over. Returns whether words were kept, which are lost."""
        spoken = self._state is _PREROLL and bool(self._words(list(self._periods.pending)))
        self._apply(GateEvent.FORGET)
        return spoken

    def _words(self, periods: list[bytes]) -> list[bytes]:
        # What is said while a button is pressed, or after a wake word, is meant, and has no silence around it to be
        # told from.
        return periods if self._push_to_talk or self._follows_name else pre_roll.trim(periods)

    # -- what leaves -------------------------------------------------------------------------------

    async def read(self) -> bytes:
        """Next period that may leave, 1920 bytes s16le; waits for it, in the microphone's own time.

        In states in which captured sound doesn't leave: silence in real time, so that the bot's VAD keeps receiving
        frames. One reader at a time.
        """
        pending = self._periods.pending
        while True:
            state = self._state
            if state is _CLOSED or state is _HELD or state is _PREROLL or state is _WAKE_WORD:
                if await self._released_within(pcm.PERIOD_MS / 1000):
                    continue
                return self._emit(pcm.SILENT_PERIOD)
            if state is _FLUSHING:
                return await self._flush()
            while len(pending) > BACKLOG_PERIODS:
                pending.popleft()
                self.dropped += 1
            if pending:
                return self._emit(pending.popleft())
            if self._failure:
                await self._give_up(self._failure)
                return self._emit(pcm.SILENT_PERIOD)
            with self._lock:
                if self._direct_send and not pending:
                    self._move(GateEvent.READER_WAITS)
            try:
                await self._periods.wait()
            finally:
                if self._state is _DIRECT:
                    self._apply(GateEvent.READER_LEAVES)

    async def _released_within(self, seconds: float) -> bool:
        """Wait so long, or until kept words leave: those don't wait for a period of silence to be over."""
        self._flush_begins.clear()
        return await is_set_within(self._flush_begins, seconds)

    async def _flush(self) -> bytes:
        await asyncio.sleep(FLUSH_PACE_S)
        if self._state is not _FLUSHING:  # closed, held or forgotten meanwhile
            return self._emit(pcm.SILENT_PERIOD)
        self._kept.extend(self._periods.take_all())
        leaving = self._emit(self._kept.popleft())
        if not self._kept:
            self._apply(GateEvent.FLUSHED)
        return leaving

    async def _give_up(self, error: BoardError) -> None:
        try:
            self._on_fault(error)
        except Exception:
            log.exception("Telling that the microphone broke failed")
        try:
            await self.close()
        except Exception:  # the lamp stays lit; the next `open` closes first
            log.exception("A broken microphone could not be closed")

    def _emit(self, period: bytes) -> bytes:
        self._left = leaving = period if self.enabled else pcm.SILENT_PERIOD
        # Two frames as one number of 32 bits, which is as loud as the second: half the work again.
        loudest = _loudest(leaving[:_LOOKED_AT_BYTES], _TWO_FRAMES_BYTES)
        self._quiet_periods = self._quiet_periods + 1 if loudest < _QUIET_TWO_FRAMES else 0
        return leaving
