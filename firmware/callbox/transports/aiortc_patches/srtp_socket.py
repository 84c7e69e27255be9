"""From a packet to the kernel without the event loop: the microphone's thread needn't wake another to be heard.

What this takes from aiortc (1.16) and aioice (0.13), whose own way is coroutines: the SRTP session, the pair of
candidates that ICE has nominated, and the socket, of which it keeps a descriptor of its own. Counts where they count.
"""

import asyncio
import functools
import socket
import threading
from collections.abc import Callable
from typing import Any

from aioice.ice import Connection, StunProtocol
from aiortc import RTCDtlsTransport

from callbox.transports.aiortc_patches.compat import changed

_SENT_BYTES, _SENT_PACKETS = "_RTCDtlsTransport__tx_bytes", "_RTCDtlsTransport__tx_packets"
_REMEMBERED = 8
"""Protected packets: those that are sent again are not protected again."""


def hindrance(
    transport: type = RTCDtlsTransport, connection: type = Connection, protocol: type = StunProtocol
) -> str | None:
    """What of aiortc and aioice isn't any more what this module knows; None: all is well."""
    looked_up = (
        (transport, "_send_rtp", "_tx_srtp"),
        (transport, "_send_rtp", _SENT_BYTES),
        (transport, "_send_rtp", _SENT_PACKETS),
        (connection, "sendto", "_nominated"),
        (protocol, "send_data", "transport"),
    )
    return changed(looked_up)


class SharedSession:
    """An SRTP session for two threads: libsrtp's, and the buffer of its binding, are for one at a time."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._lock = threading.Lock()

    def protect(self, packet: bytes) -> bytes:
        """As pylibsrtp's."""
        with self._lock:
            protected: bytes = self._session.protect(packet)
            return protected

    def protect_rtcp(self, packet: bytes) -> bytes:
        """As pylibsrtp's."""
        with self._lock:
            protected: bytes = self._session.protect_rtcp(packet)
            return protected


class Wire:
    """Make it in the event loop, of a transport that is connected. `send` from any thread, one at a time."""

    def __init__(self, transport: RTCDtlsTransport) -> None:
        dtls: Any = transport
        self._dtls = dtls
        self._connected = dtls._state
        self._counts: dict[str, Any] = vars(dtls)
        self._pairs: dict[int, Any] = dtls.transport._connection._nominated
        self._loop = asyncio.get_running_loop()
        dtls._tx_srtp = shared = SharedSession(dtls._tx_srtp)
        self._protect = functools.lru_cache(_REMEMBERED)(shared.protect)
        self._pair: Any = None
        self._socket: socket.socket | None = None
        self._give: Callable[[bytes, tuple[str, int]], object] | None = None

    def send(self, packet: bytes) -> None:
        """Protect `packet` and send it; the same one again goes out bit by bit the same.

        What the kernel won't take is lost, as on any network. Raises `ConnectionError` when the connection has ended.
        """
        pair = self._pairs.get(1)
        if pair is None or self._dtls._state is not self._connected:
            raise ConnectionError("not connected")
        if pair is not self._pair:
            self._follow(pair)
        data = self._protect(packet)
        if self._give:
            try:
                self._give(data, pair.remote_addr)
            except OSError:
                return
        self._counts[_SENT_BYTES] += len(data)
        self._counts[_SENT_PACKETS] += 1

    def _follow(self, pair: Any) -> None:
        """ICE has nominated another pair, or the first."""
        self.close()
        self._pair, transport = pair, pair.protocol.transport
        own: Any = transport.get_extra_info("socket")
        if own is None:  # through a TURN server: aioice packs it up
            self._give = functools.partial(self._loop.call_soon_threadsafe, transport.sendto)
        else:
            mine = self._socket = own.dup()  # nobody closes it, and gives its number to another, while we send
            self._give = mine.sendto

    def close(self) -> None:
        """Nothing is sent any more. Not while `send` runs."""
        self._give = None
        if self._socket:
            self._socket.close()
            self._socket = None
