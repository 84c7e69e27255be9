"""The lifecycle of an RTVI session: states, events, effects, the table. Pure.

Two rules: every rule about `TransportState` lives in this file, and this file knows no clock, task or
socket. `RTVIClient` feeds it events and performs the effects that it returns, in their order.

The ten states are the official clients' own words (client-js, ``TransportState``). What differs from them,
and why, is in ``docs/lifecycle.md``; the picture there is drawn from `TABLE`.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class TransportState(StrEnum):
    """States of a client. Values are RTVI's."""

    DISCONNECTED = "disconnected"
    """Nothing is open."""
    INITIALIZING = "initializing"
    """Microphone and loudspeaker are being opened."""
    INITIALIZED = "initialized"
    """Microphone and loudspeaker are open."""
    AUTHENTICATING = "authenticating"
    """The start request is on its way; its answer is the auth bundle."""
    AUTHENTICATED = "authenticated"
    """The auth bundle is here."""
    CONNECTING = "connecting"
    """The transport is being connected; or connected again, after the network was gone for long."""
    CONNECTED = "connected"
    """Media and messages can flow; bot-ready has not arrived. client-ready is sent, or waits for a call: stand_by()."""
    READY = "ready"
    """bot-ready has arrived: the bot listens. (The web client says so earlier, when it *sends* client-ready.)"""
    DISCONNECTING = "disconnecting"
    """The session is being taken down."""
    ERROR = "error"
    """The attempt or session failed; everything is closed. Stays until the next connect() or disconnect()."""


class Event(Enum):
    """Events of a client: five calls by the application, then facts. stand_by() begins as connect() does."""

    INIT_DEVICES = "init_devices()"
    START_BOT = "start_bot()"
    CONNECT = "connect()"
    DISCONNECT = "disconnect()"
    ACTIVATE = "connect() in a session that stands by"
    STANDBY_LOST = "session that stood by lost"
    """After ACTIVATE, before its bot was ready: another session is made in its place."""
    DEVICES_OPENED = "devices opened"
    BOT_STARTED = "auth bundle received"
    TRANSPORT_CONNECTED = "transport connected"
    STANDS_BY = "transport connected, standing by"
    """As TRANSPORT_CONNECTED, in stand_by(): there is no call yet."""
    BOT_READY = "bot-ready received"
    STALLED = "no network for long"
    RECOVERED = "network back"
    """Told after STALLED only."""
    BOT_LEFT = "bot left"
    FAILED = "failed"
    CLOSED = "everything closed"


class Effect(Enum):
    """Effects of a move, after the state change was announced. The attempt itself goes on without one."""

    SEND_CLIENT_READY = "send client-ready"
    CLOSE = "abort what is in flight; close transport and devices"
    DROP = "close the transport; the attempt goes on"
    EMIT_BOT_STARTED = "on_bot_started"
    EMIT_CONNECTED = "on_connected, on_bot_connected"
    EMIT_BOT_READY = "on_bot_ready"
    EMIT_BOT_DISCONNECTED = "on_bot_disconnected"
    EMIT_DISCONNECTED = "on_disconnected"
    EMIT_ERROR = "on_error"


@dataclass(frozen=True, slots=True)
class Move:
    """A decided pair: go to `to`, then perform `effects`."""

    to: TransportState
    effects: tuple[Effect, ...] = ()


class Verdict(Enum):
    """A decided pair that moves nothing."""

    REFUSED = "BotAlreadyStartedError"
    """The call raises."""
    IGNORED = "ignored"
    """Nothing happens: the fact comes too late to matter, or is already so."""


_S = TransportState
_E = Event
_REFUSED, _IGNORED = Verdict.REFUSED, Verdict.IGNORED

_OPEN = Move(_S.INITIALIZING)
_START = Move(_S.AUTHENTICATING)
_CONNECT = Move(_S.CONNECTING)
_HANG_UP = Move(_S.DISCONNECTING, (Effect.CLOSE,))
_LEFT = Move(_S.DISCONNECTING, (Effect.EMIT_BOT_DISCONNECTED, Effect.CLOSE))
_FAIL = Move(_S.ERROR, (Effect.EMIT_ERROR, Effect.CLOSE))
_FAIL_IN_SESSION = Move(_S.ERROR, (Effect.EMIT_ERROR, Effect.EMIT_DISCONNECTED, Effect.CLOSE))

_Row = dict[Event, Move | Verdict]

_OTHERWISE: _Row = {
    _E.DEVICES_OPENED: _IGNORED,
    _E.BOT_STARTED: _IGNORED,
    _E.TRANSPORT_CONNECTED: _IGNORED,
    _E.STANDS_BY: _IGNORED,
    _E.BOT_READY: _IGNORED,
    _E.STALLED: _IGNORED,
    _E.RECOVERED: _IGNORED,
    _E.BOT_LEFT: _IGNORED,
    _E.FAILED: _IGNORED,
    _E.CLOSED: _IGNORED,
    _E.ACTIVATE: _REFUSED,
    _E.STANDBY_LOST: _IGNORED,
}
"""What an event means unless a row says so: facts come from a superseded attempt, and nothing stands by."""

_BUSY: _Row = {_E.INIT_DEVICES: _REFUSED, _E.START_BOT: _REFUSED, _E.CONNECT: _REFUSED}

TABLE: dict[TransportState, _Row] = {
    _S.DISCONNECTED: _OTHERWISE
    | {
        _E.INIT_DEVICES: _OPEN,
        _E.START_BOT: _START,
        _E.CONNECT: _CONNECT,
        _E.DISCONNECT: _IGNORED,
    },
    _S.INITIALIZING: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _HANG_UP,
        _E.DEVICES_OPENED: Move(_S.INITIALIZED),
        _E.FAILED: _FAIL,
    },
    _S.INITIALIZED: _OTHERWISE
    | {
        _E.INIT_DEVICES: _OPEN,
        _E.START_BOT: _START,
        _E.CONNECT: _CONNECT,
        _E.DISCONNECT: _HANG_UP,
    },
    _S.AUTHENTICATING: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _HANG_UP,
        _E.BOT_STARTED: Move(_S.AUTHENTICATED, (Effect.EMIT_BOT_STARTED,)),
        _E.FAILED: _FAIL,
    },
    _S.AUTHENTICATED: _OTHERWISE
    | {
        _E.INIT_DEVICES: _REFUSED,
        _E.START_BOT: _START,
        _E.CONNECT: _CONNECT,
        _E.DISCONNECT: _HANG_UP,
    },
    _S.CONNECTING: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _HANG_UP,
        _E.TRANSPORT_CONNECTED: Move(_S.CONNECTED, (Effect.EMIT_CONNECTED, Effect.SEND_CLIENT_READY)),
        _E.STANDS_BY: Move(_S.CONNECTED, (Effect.EMIT_CONNECTED,)),
        # Only a session that was ready stalls: its bot knows us, and there is no second handshake.
        _E.RECOVERED: Move(_S.READY),
        _E.BOT_LEFT: _LEFT,
        _E.FAILED: _FAIL_IN_SESSION,
    },
    _S.CONNECTED: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _HANG_UP,
        _E.ACTIVATE: Move(_S.CONNECTED, (Effect.SEND_CLIENT_READY,)),
        _E.STANDBY_LOST: Move(_S.INITIALIZED, (Effect.EMIT_DISCONNECTED, Effect.DROP)),
        _E.BOT_READY: Move(_S.READY, (Effect.EMIT_BOT_READY,)),
        _E.BOT_LEFT: _LEFT,
        _E.FAILED: _FAIL_IN_SESSION,
    },
    _S.READY: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _HANG_UP,
        _E.STALLED: Move(_S.CONNECTING),
        # A second bot-ready (the server sends one for each client-ready) changes nothing: ignored above.
        _E.BOT_LEFT: _LEFT,
        _E.FAILED: _FAIL_IN_SESSION,
    },
    _S.DISCONNECTING: _OTHERWISE
    | _BUSY
    | {
        _E.DISCONNECT: _IGNORED,
        _E.CLOSED: Move(_S.DISCONNECTED, (Effect.EMIT_DISCONNECTED,)),
    },
    _S.ERROR: _OTHERWISE
    | {
        _E.INIT_DEVICES: _OPEN,
        _E.START_BOT: _START,
        _E.CONNECT: _CONNECT,
        _E.DISCONNECT: Move(_S.DISCONNECTED),
    },
}
"""Every pair of state and event, decided."""


def decide(state: TransportState, event: Event) -> Move | Verdict:
    """Decide what `event` means in `state`."""
    return TABLE[state][event]


def draw() -> str:
    """`TABLE` as a Mermaid state diagram: the picture in ``docs/lifecycle.md``."""
    lines = ["stateDiagram-v2", f"    [*] --> {_S.DISCONNECTED}"]
    for state, row in TABLE.items():
        for event, decision in row.items():
            if isinstance(decision, Move):
                lines.append(f"    {state} --> {decision.to}: {event.value}")
    return "\n".join(lines) + "\n"
