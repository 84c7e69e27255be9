"""The gate: the one place through which captured sound can leave, and which lights the microphone lamp.

The lamp is told *before* the PCM is opened and *after* it was closed, so it can't be dark while sound is
captured. A lamp that can't be lit keeps the PCM closed.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable

from callbox.audio.capture.model import pre_roll
from callbox.audio.echo.processor import VoiceProcessor
from callbox_device.interfaces import BoardError, Capture
from callbox_device.model import pcm
from callbox_device.threads import ThreadQueue

BACKLOG_PERIODS = 5
"""100 ms. Sound that waits longer is dropped, oldest first: late words are worse than a gap."""
CATCH_UP_PACE_S = 0.005
"""The pre-roll goes out four times as fast as it was spoken: 3 s are caught up with in one."""
QUIET_AMPLITUDE = 184
"""-45 dB below full scale."""
QUIET_PERIODS = 10
_LOOKED_AT_BYTES = pcm.PERIOD_BYTES // 4
"""Of each period, to see whether it is quiet: a fourth of the work, and no word hides from ten of these."""
_TWO_FRAMES_BYTES = 2 * pcm.BYTES_PER_FRAME
_QUIET_TWO_FRAMES = QUIET_AMPLITUDE << 16
_loudest = pcm.audioop.max


class Gate:
    """Sound from the microphone's thread to whoever sends it. Event loop only, except where said.

    `on_live` is told True before the PCM opens and False when it is closed; `on_fault` when capture broke.
    """

    def __init__(
        self,
        microphone: Capture,
        on_live: Callable[[bool], None],
        on_fault: Callable[[BoardError], None],
        processor: VoiceProcessor | None = None,
    ) -> None:
        self._microphone = microphone
        self._on_live = on_live
        self._on_fault = on_fault
        self._processor = processor
        self._periods: ThreadQueue[bytes | BoardError] = ThreadQueue(pre_roll.LIMIT_PERIODS + 1)
        self._is_open = False
        self._closing: asyncio.Task[None] | None = None
        self._pushed_out_before: int | None = None
        """While held: what the inbox had pushed out when that began. None: not held."""
        self._catching_up: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._straight: Callable[[bytes], None] | None = None
        self._goes_straight = False  # under the lock: whoever turns it off waits until the thread is done
        self._quiet_periods = 0
        self.enabled = True
        """False: silence leaves in place of what is captured. Decides at capture, and again where it leaves."""
        self.dropped = 0
        """Periods that were captured and did not leave, because the event loop was late."""
        self._left = b""

    @property
    def is_live(self) -> bool:
        """Whether the PCM is open, opening or closing: what the lamp shows."""
        return self._is_open

    @property
    def level_dbfs(self) -> float:
        """Peak of the last period that left."""
        return pcm.peak_dbfs(self._left)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing worth hearing has left for 200 ms."""
        return self._quiet_periods >= QUIET_PERIODS

    async def open(self) -> None:
        """Light the lamp, open the PCM. Raises `BoardError`; then the PCM is closed and the lamp dark."""
        if self._closing:
            await asyncio.shield(self._closing)
        if self._is_open:
            return
        self._on_live(True)
        self._is_open = True
        self._periods.clear()
        try:
            await asyncio.wrap_future(self._microphone.start(self._deliver, self._periods.put_threadsafe))
        except BaseException:
            await self.close()
            raise

    def _deliver(self, period: bytes, captured_s: float) -> None:
        # The microphone's thread.
        if self._processor:
            period = self._processor.process(period, captured_s)
        lock = self._lock
        lock.acquire()  # `with` would be four calls
        try:
            if self._goes_straight and self._straight:
                self._straight(self._pass(period))
            else:
                self._periods.put_threadsafe(period if self.enabled else pcm.SILENT_PERIOD)
        finally:
            lock.release()

    def straight(self, way: Callable[[bytes], None]) -> Callable[[], None]:
        """From now on let periods leave by `way`, in the microphone's thread, as long as nobody has to be asked.

        That is while `read` waits for the next one: what was held, caught up with or has to be replaced leaves by
        `read`. Returns what ends it.
        """

        def end() -> None:
            with self._lock:
                if self._straight is way:
                    self._straight, self._goes_straight = None, False

        with self._lock:
            self._straight, self._goes_straight = way, False
        self._periods.wake()  # `read` may be waiting
        return end

    def _ask_again(self) -> None:
        with self._lock:
            self._goes_straight = False

    async def close(self) -> None:
        """Close the PCM, then darken the lamp; forget what has not left. Legal at any time.

        Goes on when its caller is cancelled: the lamp stays lit until the PCM is closed, however long a card
        takes.
        """
        if self._is_open and self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close microphone")
        if self._closing:
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await asyncio.wrap_future(self._microphone.stop())
            self._ask_again()
            self._periods.clear()
            self._periods.wake()  # whoever waits for sound must not wait for ever
            self._catching_up.clear()
            self._left = b""
            self._is_open = False
            self._on_live(False)
        finally:
            self._closing = None

    # -- pre-roll ----------------------------------------------------------------------------------

    def hold(self) -> None:
        """A call begins: keep what is captured from now on, and let silence leave, until `release` or `forget`."""
        if self._pushed_out_before is None:
            self._ask_again()
            self._periods.clear()
            self._periods.wake()
            self._pushed_out_before = self._periods.dropped

    def release(self) -> bool:
        """The bot is ready: the words that were kept leave first. False: there were too many, and they are lost."""
        kept, whole = self._kept()
        if whole:
            self._catching_up.extend(kept)
        return whole or not kept

    def forget(self) -> bool:
        """The call is over. Returns whether words were kept that nobody will hear."""
        self._catching_up.clear()
        return bool(self._kept()[0])

    def _kept(self) -> tuple[list[bytes], bool]:
        """The words that were kept, and whether that is all of them; nothing is kept after this."""
        before, self._pushed_out_before = self._pushed_out_before, None
        if before is None:
            return [], True
        kept = self._periods.take_all()
        for failure in kept:
            if not isinstance(failure, bytes):
                self._periods.put_threadsafe(failure)  # told by the next `read`
        words = pre_roll.words([period for period in kept if isinstance(period, bytes)])
        return words, self._periods.dropped == before

    # -- what leaves -------------------------------------------------------------------------------

    async def read(self) -> bytes:
        """The next period that may leave; waits for it, in the microphone's own time.

        While nothing is captured (capture has broken, hard mute) or what is captured is held, silence in real time: the
        bot's ear is not left hanging.
        """
        waiting = self._periods.pending
        while not self._catching_up:
            if self._pushed_out_before is not None or not self._is_open:
                await asyncio.sleep(pcm.PERIOD_MS / 1000)
                return self._pass(pcm.SILENT_PERIOD)
            while len(waiting) > BACKLOG_PERIODS:
                await self._captured()
                self.dropped += 1
            if waiting:
                period = waiting.popleft()
                return self._pass(period if isinstance(period, bytes) else await self._broke(period))
            with self._lock:
                self._goes_straight = self._straight is not None and not waiting
            try:
                await self._periods.wait()
            finally:
                self._ask_again()
        await asyncio.sleep(CATCH_UP_PACE_S)
        while waiting and isinstance(waiting[0], bytes):
            self._catching_up.append(await self._captured())
        return self._pass(self._catching_up.popleft() if self._catching_up else pcm.SILENT_PERIOD)  # closed meanwhile

    async def _captured(self) -> bytes:
        period = await self._periods.get()
        return period if isinstance(period, bytes) else await self._broke(period)

    async def _broke(self, error: BoardError) -> bytes:
        self._on_fault(error)
        await self.close()
        return pcm.SILENT_PERIOD

    def _pass(self, period: bytes) -> bytes:
        self._left = leaving = period if self.enabled else pcm.SILENT_PERIOD
        # Two frames as one number of 32 bits, which is as loud as the second: half the work again.
        loudest = _loudest(leaving[:_LOOKED_AT_BYTES], _TWO_FRAMES_BYTES)
        self._quiet_periods = self._quiet_periods + 1 if loudest < _QUIET_TWO_FRAMES else 0
        return leaving
