"""States of the microphone gate: what becomes of captured sound, and what each event changes. Pure.

Every rule about which state lets captured sound leave lives in this file; `callbox.audio.capture.mic_gate.MicGate`
performs what `transition` decides. The picture in ``docs/microphone.md`` is drawn from `TABLE`.

Soft mute is no state: `MicGate.enabled` replaces samples by silence in all of them. So does `push_to_talk` while its
button is released.
"""

from enum import Enum, IntEnum
from typing import NamedTuple


class MicUse(IntEnum):
    """Use of the microphone: what its lamp shows. False only if the PCM is closed."""

    NONE = 0
    """The PCM is closed."""
    CALL = 1
    """The PCM is open for a call."""
    WAKE_WORD = 2
    """The PCM is open for the wake word detector alone; nothing leaves."""


class GateState(Enum):
    """States: where captured sound goes."""

    CLOSED = "closed"
    """The PCM is closed or closing. Nothing is kept; silence leaves."""
    HELD = "held"
    """As CLOSED, and a call has begun: the pre-roll begins when the PCM opens."""
    WAKE_WORD = "wake_word"
    """The PCM is open, for the wake word detector alone. The last seconds are kept in locked memory; silence leaves."""
    PREROLL = "preroll"
    """The PCM is open. Captured sound is kept; silence leaves."""
    FLUSHING = "flushing"
    """The PCM is open. What was kept leaves first, faster than it was spoken; captured sound queues behind it."""
    QUEUED = "queued"
    """The PCM is open. Captured sound leaves through the event loop."""
    DIRECT = "direct"
    """The PCM is open. The microphone's thread sends captured sound itself."""


class GateEvent(Enum):
    """Events: what may change the state."""

    OPEN = "open()"
    """The lamp is lit; the PCM opens next."""
    CLOSE = "close()"
    """The PCM closes next; the lamp stays lit until it is closed."""
    LISTEN = "listen()"
    """The lamp shows it; the PCM opens next, for the wake word detector."""
    DETECTED = "a wake word is detected"
    """What was captured from the end of the wake word on, or from its begin, is the begin of the pre-roll."""
    HOLD = "hold()"
    RELEASE = "release()"
    FORGET = "forget()"
    FLUSHED = "all that was kept has left"
    READER_WAITS = "read() waits, nothing is queued, a direct sender is set"
    READER_LEAVES = "read() goes on, or is cancelled"
    DIRECT_ENDED = "the direct sender is replaced or removed"
    TALK = "push-to-talk is pressed, and sound from before is kept"


class GateTransition(NamedTuple):
    """Decision for one pair of state and event."""

    to: GateState
    discards: bool = False
    """Whether captured sound that has not left is dropped."""


_S = GateState
_E = GateEvent


def _row(state: GateState, changes: dict[GateEvent, GateTransition]) -> dict[GateEvent, GateTransition]:
    return {event: GateTransition(state) for event in GateEvent} | changes


TABLE: dict[GateState, dict[GateEvent, GateTransition]] = {
    _S.CLOSED: _row(
        _S.CLOSED,
        {
            _E.OPEN: GateTransition(_S.QUEUED, discards=True),
            _E.LISTEN: GateTransition(_S.WAKE_WORD, discards=True),
            _E.HOLD: GateTransition(_S.HELD),
        },
    ),
    _S.HELD: _row(
        _S.HELD,
        {
            _E.OPEN: GateTransition(_S.PREROLL, discards=True),
            _E.RELEASE: GateTransition(_S.CLOSED),
            _E.FORGET: GateTransition(_S.CLOSED),
        },
    ),
    _S.WAKE_WORD: _row(
        _S.WAKE_WORD,
        {
            _E.OPEN: GateTransition(_S.QUEUED, discards=True),
            _E.CLOSE: GateTransition(_S.CLOSED, discards=True),
            _E.DETECTED: GateTransition(_S.PREROLL),
            _E.HOLD: GateTransition(_S.PREROLL, discards=True),
        },
    ),
    _S.PREROLL: _row(
        _S.PREROLL,
        {
            _E.CLOSE: GateTransition(_S.HELD, discards=True),
            _E.RELEASE: GateTransition(_S.FLUSHING),
            _E.FORGET: GateTransition(_S.QUEUED, discards=True),
        },
    ),
    _S.FLUSHING: _row(
        _S.FLUSHING,
        {
            _E.CLOSE: GateTransition(_S.CLOSED, discards=True),
            _E.HOLD: GateTransition(_S.PREROLL, discards=True),
            _E.FORGET: GateTransition(_S.QUEUED, discards=True),
            _E.FLUSHED: GateTransition(_S.QUEUED),
        },
    ),
    _S.QUEUED: _row(
        _S.QUEUED,
        {
            _E.CLOSE: GateTransition(_S.CLOSED, discards=True),
            _E.HOLD: GateTransition(_S.PREROLL, discards=True),
            _E.READER_WAITS: GateTransition(_S.DIRECT),
            _E.TALK: GateTransition(_S.FLUSHING),
        },
    ),
    _S.DIRECT: _row(
        _S.DIRECT,
        {
            _E.CLOSE: GateTransition(_S.CLOSED, discards=True),
            _E.HOLD: GateTransition(_S.PREROLL, discards=True),
            _E.READER_LEAVES: GateTransition(_S.QUEUED),
            _E.DIRECT_ENDED: GateTransition(_S.QUEUED),
            _E.TALK: GateTransition(_S.FLUSHING),
        },
    ),
}
"""Every pair of state and event, decided."""

PCM_OPEN = frozenset({_S.WAKE_WORD, _S.PREROLL, _S.FLUSHING, _S.QUEUED, _S.DIRECT})
"""States in which the PCM is open or opening; the microphone lamp is lit in all of them."""
SOUND_LEAVES = frozenset({_S.FLUSHING, _S.QUEUED, _S.DIRECT})
"""States in which captured sound leaves; in the others silence does."""


def transition(state: GateState, event: GateEvent) -> GateTransition:
    """Decision for `event` in `state`."""
    return TABLE[state][event]


def mic_use(state: GateState) -> MicUse:
    """Use of the microphone in `state`."""
    if state not in PCM_OPEN:
        return MicUse.NONE
    return MicUse.WAKE_WORD if state is GateState.WAKE_WORD else MicUse.CALL


def draw() -> str:
    """`TABLE` as a Mermaid state diagram: the picture in ``docs/microphone.md``."""
    lines = ["stateDiagram-v2", f"    [*] --> {_S.CLOSED.value}"]
    for state, row in TABLE.items():
        for event, (to, _) in row.items():
            if to is not state:
                lines.append(f"    {state.value} --> {to.value}: {event.value}")
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """States as a table for ``docs/microphone.md``."""
    lines = ["| State | PCM | Captured sound | What leaves |", "|---|---|---|---|"]
    for state in GateState:
        pcm = _PCM[mic_use(state)]
        captured = "leaves" if state in SOUND_LEAVES else "is kept" if state in PCM_OPEN else "there is none"
        lines.append(f"| `{state.value}` | {pcm} | {captured} | {_LEAVES[state]} |")
    return "\n".join(lines) + "\n"


_PCM = {
    MicUse.NONE: "closed; lamp dark",
    MicUse.CALL: "open; lamp lit",
    MicUse.WAKE_WORD: "open; lamp lit, at half its brightness if it can be dimmed",
}
_LEAVES = {
    _S.CLOSED: "silence",
    _S.HELD: "silence",
    _S.WAKE_WORD: "silence",
    _S.PREROLL: "silence",
    _S.FLUSHING: "what was kept, four times as fast as it was spoken",
    _S.QUEUED: "captured sound, through the event loop",
    _S.DIRECT: "captured sound, sent by the microphone's thread",
}
