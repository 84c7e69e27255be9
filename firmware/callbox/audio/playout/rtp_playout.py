"""The bot's RTP packets to the card's PCM: performs what `decision_logic` decides.

Packets come in the event loop; the loudspeaker's thread decides and decodes when the card wants sound, so that the card
is the only clock. The lock is held for looking and taking, never while decoding. What every packet goes through is
written flat: at 50 packets a second, a Pi Zero feels each call.
"""

import math
import threading

from callbox.audio.opus import FRAMES_BY_FIRST_BYTE, STEP_FRAMES, duration_frames, has_fec
from callbox.audio.playout.decoder import ConcealingDecoder
from callbox.audio.playout.model import decision_logic
from callbox.audio.playout.model.decision_logic import (
    CALM_MS,
    MARGIN_MS,
    TABLE,
    WORTH_MS,
    LagLevel,
    Operation,
    Situation,
)
from callbox.audio.playout.model.delay_estimator import RECENT, TICKS_PER_MS
from callbox.audio.playout.model.time_stretch import CROSSFADE_FRAMES, accelerate, fade, preemptive_expand
from callbox.audio.playout.receive_stream import ReceiveStream
from callbox.audio.stats import PlayoutCounters
from callbox_device.model import pcm

_PERIOD_MS = float(pcm.PLAYBACK_PERIOD_MS)
_PERIOD_BYTES = pcm.PLAYBACK_PERIOD_BYTES
_PERIOD_FRAMES = pcm.PLAYBACK_PERIOD_FRAMES
_BYTES = pcm.BYTES_PER_FRAME
_BYTES_PER_MS = TICKS_PER_MS * _BYTES
_STEP_BYTES = STEP_FRAMES * _BYTES
_FLUSH_BYTES = 2 * _BYTES_PER_MS
_PLAY, _ACCELERATE, _PREEMPTIVE_EXPAND = Operation.PLAY, Operation.ACCELERATE, Operation.PREEMPTIVE_EXPAND
_TICKS_PER_MS = float(TICKS_PER_MS)
_USUAL_MS = CALM_MS + _PERIOD_MS
_WORTH_BYTES = int(WORTH_MS * _BYTES_PER_MS)
_EARLY, _LATE = 1 / 4, 1 / 64
"""How fast the card's time follows a thread that asks early, late: late after any hiccup, but hardly ever early."""
_CLOCK_LEAP_MS, _CLOCK_LEAP_BACK_MS = 100.0, -100.0
_LOSS_MEMORY = 256
"""Packets, about 5 s."""
_FORGET = 1 - 1 / _LOSS_MEMORY
_BURST = 10
_LOSSY = 0.01
"""From so much loss on, wait for the packet after too, if it repeats what was lost."""
_LOSSY_STILL = 0.005
"""Down to here."""


class RtpPlayout:
    """Play-out of one RTP stream. `write_rtp`: event loop; `fill`: loudspeaker's thread; the rest: any thread."""

    def __init__(self) -> None:
        """Load libopus. Raises `callbox.audio.opus.OpusMissing`."""
        self._lock = threading.Lock()
        self._stream = ReceiveStream()  # under the lock; all below belongs to the loudspeaker's thread
        self.is_active = False
        """Whether RTP has come since the last `reset`."""
        self._decoder = ConcealingDecoder()
        self._carried = b""
        self._clock_ms = -math.inf
        self._frames = pcm.PERIOD_FRAMES
        self._is_even = True  # packets last whole periods
        self._number = 0
        self._late_at = -RECENT  # so many packets had come when one was too late
        self._loss = self._fec_wait_ms = self._below_ms = 0.0
        self._margin_ms = MARGIN_MS
        self._fec_helps = False
        self._bridge_frames = 0  # made up since the last packet
        self._is_bridged = False  # and the play point went on behind it
        self._played = self._concealed = self._recovered = self._silent = 0  # frames, as all of these
        self._accelerated = self._expanded = self._dropped = 0

    @property
    def jitter_ms(self) -> float:
        """Jitter in ms: 97.5 % of the packets are no later."""
        return self._stream.delay.jitter_ms

    @property
    def target_ms(self) -> float:
        """Target of the headroom in ms (see `decision_logic`)."""
        return self._stream.delay.jitter_ms + self._margin_ms

    @property
    def lag_ms(self) -> float:
        """Time in ms from a packet's arrival, on the fastest path, until it is handed to the card; 0: nothing plays."""
        with self._lock:
            point, base_ms = self._stream.playout_ts, self._stream.delay.base_ms
            if point is None or math.isinf(base_ms):
                return 0.0
            now_ms = self._clock_ms + _PERIOD_MS + len(self._carried) / _BYTES_PER_MS
            return now_ms - (point + self._stream.concealed_ticks) / TICKS_PER_MS - base_ms

    @property
    def unplayed_ms(self) -> float:
        """Sound that waits here, in ms, about."""
        return len(self._carried) / _BYTES_PER_MS + len(self._stream.buffer) * self._frames / TICKS_PER_MS

    @property
    def counters(self) -> PlayoutCounters:
        """Counters at this moment."""
        stream = self._stream
        frames = (self._concealed, self._recovered, self._silent, self._played)
        return PlayoutCounters(
            stream.received,
            stream.sequence.lost,
            stream.late,
            stream.duplicates,
            stream.sequence.reordered,
            self._decoder.malformed,
            *(count / TICKS_PER_MS for count in (*frames, self._accelerated, self._expanded, self._dropped)),
        )

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        """Take a received packet, as `callbox.rtvi.OpusMedia.write_rtp`. Never raises. Event loop."""
        lock = self._lock
        lock.acquire()  # `with` would be four calls
        try:
            self.is_active = True
            self._stream.write(ssrc, sequence_number, timestamp, payload, arrived_s * 1000.0)
        finally:
            lock.release()

    def flush(self) -> None:
        """Drop what waits: the bot was interrupted. The next `fill` is silence after a fade of 2 ms."""
        with self._lock:
            self._stream.flush()

    def reset(self) -> None:
        """End the call: the next stream begins anew."""
        with self._lock:
            self.is_active = False
            self._stream.begin(None)

    def fill(self, now_s: float) -> bytes:
        """Next period for the card, exactly `PLAYBACK_PERIOD_BYTES`. `now_s`: time of the request, monotonic."""
        now_ms = now_s * 1000.0
        clock_ms = self._clock_ms + _PERIOD_MS
        off_ms = now_ms - clock_ms
        if _CLOCK_LEAP_BACK_MS < off_ms < _CLOCK_LEAP_MS:
            self._clock_ms = clock_ms + off_ms * (_LATE if off_ms > 0.0 else _EARLY)
        else:
            self._clock_ms = now_ms
            if self._stream.reset_pending:
                # The card has asked for nothing since the call before: its end is no longer of interest.
                self._carried = b""
                self._decoder.mute()
        if self._stream.reset_pending:
            self._fade_out()
        sound = self._carried
        if len(sound) == _PERIOD_BYTES:  # every other time, of packets of 20 ms
            self._carried = b""
            return sound
        while len(sound) < _PERIOD_BYTES:
            sound = self._more(sound)
        self._carried = sound[_PERIOD_BYTES:]
        return sound[:_PERIOD_BYTES]

    def _fade_out(self) -> None:
        """Fade out: carry over one period, the end of what was played and silence."""
        with self._lock:
            stream = self._stream
            stream.reset_pending, is_other, stream.is_other = False, stream.is_other, False
        tail = self._carried[:_FLUSH_BYTES]
        if tail:
            tail = fade(tail, 1.0, 0.0)
            self._decoder.mute()
        else:
            tail = self._decoder.end(STEP_FRAMES)[:_FLUSH_BYTES]
        self._carried = tail.ljust(_PERIOD_BYTES, b"\0")
        if is_other:
            self._decoder.reset()
            self._loss, self._fec_helps, self._margin_ms, self._fec_wait_ms = 0.0, False, MARGIN_MS, 0.0

    def _more(self, sound: bytes) -> bytes:
        """Sound, less than a period, with what comes next; as it is, when only the play-out position moved."""
        carried_bytes = len(sound)
        number: int | None = None
        lock = self._lock
        lock.acquire()
        try:
            stream = self._stream
            at, packets = stream.playout_ts, stream.buffer.packets
            if (
                at in packets
                and carried_bytes < _WORTH_BYTES
                and self._is_even
                and 0.0 <= self._clock_ms - at / _TICKS_PER_MS - stream.delay.late_ms - self._margin_ms < _USUAL_MS
            ):
                # The usual case, what `_classify` and the table would say, for less.
                action, spare_ms = _PLAY, 0.0
            else:
                found, at = stream.situation(is_gone=self._decoder.is_gone)
                lag, spare_ms = self._classify(found, at, carried_bytes / _BYTES_PER_MS)
                action = TABLE[found, lag]
            if action is _PLAY or action is _ACCELERATE or action is _PREEMPTIVE_EXPAND:
                number, payload = packets.pop(at)
                frames = (
                    (FRAMES_BY_FIRST_BYTE[payload[0]] if payload else 0) or duration_frames(payload) or self._frames
                )
                if frames != self._frames:
                    self._frames, self._is_even = frames, not frames % _PERIOD_FRAMES
                stream.playout_ts = at + frames
                if stream.concealed_ticks:
                    stream.concealed_ticks, self._late_at = 0, stream.received
            else:
                frames, payload = self._move(action, at, spare_ms, _PERIOD_BYTES - carried_bytes)
        finally:
            lock.release()
        if number is None:
            return sound + self._synthesize(action, frames, payload)
        self._played += frames
        missing = number - self._number - 1
        self._number = number
        if missing or self._loss or self._bridge_frames:
            self._update_loss(missing, payload)
        played = self._decoder.play(payload)
        if sound:
            played = sound + played
        return played if action is _PLAY else self._scale(played, action, spare_ms)

    def _classify(self, found: Situation, at: int, carried_ms: float) -> tuple[LagLevel, float]:
        """Level of the lag, and what of it is too much, in ms."""
        stream = self._stream
        delay = stream.delay
        if found is Situation.NOTHING or found is Situation.NOTHING_YET:
            return LagLevel.RIGHT, 0.0
        if stream.playout_ts is not None and (found is Situation.GAP or found is Situation.VOID):
            at = stream.playout_ts + stream.concealed_ticks
        headroom_ms = self._clock_ms - at / TICKS_PER_MS
        if not self._is_even:
            # Several packets make a period, or it doesn't divide them: at worst one needs all that a period lasts.
            headroom_ms -= _PERIOD_MS - carried_ms
            carried_ms = 0.0
        above_ms = headroom_ms - delay.late_ms - self._margin_ms
        spare_ms = decision_logic.spare_ms(above_ms, carried_ms)
        if spare_ms >= WORTH_MS:
            # The way may have become longer for good: only as far as the packets that came last could follow.
            recent_ms = headroom_ms - delay.recent_base_ms - MARGIN_MS
            spare_ms = min(spare_ms, decision_logic.spare_ms(recent_ms, carried_ms))
            is_doubtful = stream.received - self._late_at < RECENT or (
                found is Situation.NEXT and stream.concealed_ticks
            )
            if is_doubtful and spare_ms < decision_logic.HOPELESS_MS:
                spare_ms = 0.0
        self._below_ms = -above_ms
        return decision_logic.judge(above_ms, spare_ms, stream.buffer.span_ms(at)), spare_ms

    def _move(self, action: Operation, at: int, spare_ms: float, wanted_bytes: int) -> tuple[int, bytes]:
        """Move the play-out position, with the lock held. Returns frames, and a packet that repeats them."""
        stream = self._stream
        if action is Operation.WAIT:
            return wanted_bytes // _BYTES, b""
        if action is Operation.CONCEAL:
            frames = -(-wanted_bytes // _STEP_BYTES) * STEP_FRAMES
            stream.concealed_ticks += frames
            return frames, b""
        self._is_bridged = True
        if action is Operation.FILL_GAP:
            return stream.fill_gap(at, self._frames)
        if action is Operation.DROP_LAG:
            self._dropped += stream.drop_lag(at, spare_ms)
            return CROSSFADE_FRAMES, b""
        if action is Operation.RESUME:
            self._dropped += stream.resume(at, spare_ms)
        else:
            stream.playout_ts = at
        return 0, b""

    def _synthesize(self, action: Operation, frames: int, payload: bytes) -> bytes:
        """Sound of an operation that plays no packet."""
        if action is Operation.DROP_LAG:
            return self._decoder.end(frames)
        if payload:
            self._recovered += frames
            return self._decoder.recover(payload, frames)
        if self._decoder.is_gone or action is Operation.WAIT:
            self._silent += frames if self.is_active else 0
            return bytes(frames * _BYTES)
        if not frames:
            return b""
        self._concealed += frames
        self._bridge_frames += frames
        return self._decoder.conceal(frames)

    def _update_loss(self, missing: int, payload: bytes) -> None:
        """Update the loss estimate (EWMA over 256 packets), the FEC wait and the margin."""
        self._loss *= _FORGET
        if 0 < missing < _LOSS_MEMORY:
            self._loss += min(missing, _BURST) / _LOSS_MEMORY
            self._fec_helps = self._fec_helps or has_fec(payload)
        if self._fec_helps and self._loss > (_LOSSY_STILL if self._fec_wait_ms else _LOSSY):
            self._fec_wait_ms = self._frames / TICKS_PER_MS
        else:
            self._fec_wait_ms = 0.0
            if self._loss < _LOSSY_STILL / _LOSS_MEMORY:
                self._loss = 0.0
        self._margin_ms = MARGIN_MS + self._fec_wait_ms
        if self._is_bridged and not missing:
            # No packet is missing: the bot had nothing to say and sent nothing (DTX).
            self._concealed -= self._bridge_frames
            self._silent += self._bridge_frames
        self._bridge_frames, self._is_bridged = 0, False

    def _scale(self, sound: bytes, action: Operation, spare_ms: float) -> bytes:
        before = len(sound)
        if action is _ACCELERATE:
            at_most = int(spare_ms * TICKS_PER_MS)
            sound = accelerate(sound, at_most, force=spare_ms >= decision_logic.PRESSING_MS)
            self._accelerated += (before - len(sound)) // _BYTES
        else:
            sound = preemptive_expand(sound, force=self._below_ms >= decision_logic.URGENT_MS)
            self._expanded += (len(sound) - before) // _BYTES
        return sound
