"""The phases between a press and the bot's first sound, and how they are measured apart inside aiortc."""

import json
import sys
from typing import Any

from aiortc import RTCPeerConnection, RTCSctpTransport, RTCSessionDescription

from benchmarks.measure import Stopwatch

NAMES = {
    "gesture": "edge, debounced",
    "http": "HTTP: start request, offer, answer",
    "ice": "ICE",
    "dtls": "DTLS",
    "sctp": "SCTP, to the first text that may go",
    "client_ready": "client-ready given",
    "ready": "bot-ready",
    "sound": "first sound at the card",
}
"""In their order; each is identified by its end."""
WAIT_S = 8.0
"""What isn't there by then is missing."""


def tell(calls: list[dict[str, float]]) -> None:
    """The result of a process."""
    print(json.dumps(calls), flush=True)
    sys.stdout.flush()


def watch_aiortc(watch: Stopwatch, *, with_cookie: bool) -> None:
    """From now on every peer connection of this process tells `watch`. The libraries' behaviour stays as it is.

    `with_cookie`: whether the first text goes when the cookie does, and not when the association is up.
    """
    make, accept = RTCPeerConnection.__init__, RTCPeerConnection.setRemoteDescription
    sctp: Any = RTCSctpTransport
    set_state, send = sctp._set_state, sctp._data_channel_send

    def made(self: RTCPeerConnection, *given: Any, **named: Any) -> None:
        make(self, *given, **named)

        def on_ice() -> None:
            if self.iceConnectionState == "completed":
                watch.lap("ice")

        def on_connection() -> None:
            if self.connectionState == "connected":
                watch.lap("dtls")

        self.on("iceconnectionstatechange", on_ice)
        self.on("connectionstatechange", on_connection)

    async def accepted(self: RTCPeerConnection, sessionDescription: RTCSessionDescription) -> None:  # noqa: N803
        watch.lap("http")
        await accept(self, sessionDescription)

    def state(self: Any, now: Any) -> None:
        if now in (first, sctp.State.ESTABLISHED):
            watch.lap("sctp")
        set_state(self, now)

    def sent(self: Any, channel: Any, data: Any) -> None:
        if "client-ready" in str(data):
            watch.lap("client_ready")
        send(self, channel, data)

    first = sctp.State.COOKIE_ECHOED if with_cookie else sctp.State.ESTABLISHED
    RTCPeerConnection.__init__ = made  # type: ignore[method-assign]
    RTCPeerConnection.setRemoteDescription = accepted  # type: ignore[method-assign]
    sctp._set_state, sctp._data_channel_send = state, sent
