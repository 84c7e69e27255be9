"""The packets of the bot's stream, and the play-out position among them. Pure; the play-out's lock guards it."""

from callbox.audio.opus import STEP_FRAMES, duration_frames, has_fec
from callbox.audio.playout.model.decision_logic import Situation
from callbox.audio.playout.model.delay_estimator import TICKS_PER_MS, DelayEstimator
from callbox.audio.playout.model.jitter_buffer import DropReason, JitterBuffer, SequenceTracker
from callbox_device.model import pcm

_MAX_PAYLOAD_BYTES = 1500
_HALF, _MASK = 1 << 31, (1 << 32) - 1
_NEAR = 1 << 29  # below `_HALF`, and one digit to Python
_NOTHING_YET, _FIRST, _NEXT, _NOTHING = Situation.NOTHING_YET, Situation.FIRST, Situation.NEXT, Situation.NOTHING


class ReceiveStream:
    """Received packets, and the play-out position. Timestamps are unwrapped; a tick is a frame of 1/48000 s."""

    def __init__(self) -> None:
        self.ssrc: int | None = None
        self.sequence = SequenceTracker()
        self.delay = DelayEstimator()
        self.buffer = JitterBuffer()
        self._timestamp = self._ticks = 0  # the last one that came, as it came and unwrapped
        self.playout_ts: int | None = None
        """The timestamp of what is decoded next; None: nothing is being played."""
        self._floor: int | None = None  # what is older was flushed
        self.concealed_ticks = 0
        """Ticks that were concealed behind `playout_ts` without moving it."""
        self.reset_pending = False
        """Whether what is being played is to be faded out now."""
        self.is_other = False
        """Whether another stream has begun."""
        self.received = self.late = self.duplicates = 0

    def write(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_ms: float) -> None:
        """Take a received packet of any values; another `ssrc` is another stream."""
        self.received += 1
        if ssrc != self.ssrc:
            self.begin(ssrc)
        if len(payload) > _MAX_PAYLOAD_BYTES:
            payload = b""
        number = self.sequence.note(sequence_number)
        if number is None:
            self.duplicates += 1
            return
        ahead = timestamp - self._timestamp
        if not 0 < ahead < _NEAR:  # wrapped, or overtaken: take the nearest (RFC 3550, A.1, does so with numbers)
            ahead = (ahead + _HALF & _MASK) - _HALF
        ticks = self._ticks = self._ticks + ahead
        self._timestamp = timestamp
        if not self.delay.note(arrived_ms, ticks):
            self._drop()
            self._floor = None
        point = self._floor if self.playout_ts is None else self.playout_ts
        dropped = self.buffer.put(ticks, number, payload, point)
        if dropped is not None:
            self.late += dropped is DropReason.LATE
            self.duplicates += dropped is DropReason.DUPLICATE

    def begin(self, ssrc: int | None) -> None:
        """Begin another stream; None: none."""
        self.ssrc = ssrc
        self.sequence.restart()
        self.delay = DelayEstimator()
        self._floor = None
        self.is_other = True
        self._drop()

    def flush(self) -> None:
        """Drop what waits, and what is still to come of the same time."""
        floor = self._floor if self.playout_ts is None else self.playout_ts
        self._floor = self.buffer.end(floor)
        self._drop()

    def situation(self, *, is_gone: bool) -> tuple[Situation, int]:
        """Situation, and the timestamp of what there is to play. `is_gone`: concealment has faded to silence."""
        point, buffer = self.playout_ts, self.buffer
        if point is None:
            first = buffer.first()
            return (_NOTHING_YET, 0) if first is None else (_FIRST, first)
        if point in buffer.packets:
            return _NEXT, point
        buffer.drop_before(point)
        at = buffer.first()
        if at is None:
            return _NOTHING, point
        if at - point <= self.concealed_ticks:
            return Situation.BRIDGED, at
        return (Situation.VOID if is_gone else Situation.GAP), at

    def fill_gap(self, at: int, usual_frames: int) -> tuple[int, bytes]:
        """The next piece of the gap before the packet at `at`, in frames; moves the play-out position behind it.

        Its length, which may be 0, and the packet that repeats it or b"". `usual_frames`: how long packets are.
        """
        point = (self.playout_ts or 0) + self.concealed_ticks
        self.concealed_ticks = 0
        missing = at - point
        payload = self.buffer.payload(at)
        last = duration_frames(payload) or usual_frames
        frames = min(missing - last, pcm.PLAYBACK_PERIOD_FRAMES) if missing > last else missing
        frames -= frames % STEP_FRAMES
        self.playout_ts = point + frames if frames else at
        return frames, payload if missing <= last and has_fec(payload) else b""

    def resume(self, at: int, spare_ms: float) -> int:
        """Play on behind what was concealed, and up to `spare_ms` further, to `at` at most: how many ticks further."""
        behind = (self.playout_ts or 0) + self.concealed_ticks
        at = min(at, behind + int(spare_ms * TICKS_PER_MS))
        self.playout_ts, self.concealed_ticks = at, 0
        return max(0, at - behind)

    def drop_lag(self, at: int, spare_ms: float) -> int:
        """Play on `spare_ms` later, or with the newest packet: how many ticks are dropped. `at`: from `situation`."""
        behind = at if self.playout_ts is None else self.playout_ts + self.concealed_ticks
        start = min(at, behind)
        self.playout_ts = self.buffer.seek(start + round(spare_ms * TICKS_PER_MS))
        self.concealed_ticks = 0
        return self.playout_ts - start

    def _drop(self) -> None:
        self.buffer.clear()
        self.playout_ts, self.concealed_ticks, self.reset_pending = None, 0, True
