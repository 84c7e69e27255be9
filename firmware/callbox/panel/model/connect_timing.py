"""Durations of the states of the last connect(). Pure."""

import itertools

from callbox.panel.model.server_messages import Message
from callbox.rtvi.protocol.lifecycle import TransportState

_FINAL = (TransportState.READY, TransportState.ERROR, TransportState.DISCONNECTED, TransportState.DISCONNECTING)


class ConnectTiming:
    """Fed with each state and its time; gives a message whenever a connect() has got further."""

    def __init__(self) -> None:
        self._states: list[tuple[TransportState, float]] = []
        self._is_connecting = False

    def on_state(self, state: TransportState, now_s: float) -> Message | None:
        """The message for `state`, which begins at `now_s` of any monotonic clock; None: it belongs to no connect()."""
        if not self._is_connecting:
            if state in _FINAL:
                return None
            self._is_connecting, self._states = True, []
        if self._states and self._states[-1][0] is state:
            return None
        self._states.append((state, now_s))
        self._is_connecting = state not in _FINAL
        began = [at_s for _, at_s in self._states]
        took_ms = [round(1000 * (then - before), 1) for before, then in itertools.pairwise(began)]
        return {
            "type": "connect",
            "phases": [[name.value, took] for (name, _), took in zip(self._states, took_ms, strict=False)],
            "now": state.value,
            "total_ms": round(1000 * (now_s - began[0]), 1),
        }
