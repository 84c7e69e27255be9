"""SRTP over a UDP socket from any thread, without the event loop.

Takes from aiortc (1.16) and aioice (0.13), which send in coroutines: the SRTP session, the nominated candidate pair,
and the socket, of which it has a descriptor of its own. Counts where they count.
"""

import asyncio
import functools
import socket
import threading
from collections.abc import Callable
from typing import Any

from aiortc import RTCDtlsTransport

_SENT_BYTES, _SENT_PACKETS = "_RTCDtlsTransport__tx_bytes", "_RTCDtlsTransport__tx_packets"
_REMEMBERED = 8
"""Protected packets that are kept: those that are sent again are not protected again."""


class LockedSrtpSession:
    """SRTP session for two threads: libsrtp's, and the buffer of its binding, are for one at a time."""

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


class SrtpSocket:
    """Sender over a transport that is connected. Made in the event loop; `send` from any thread, one at a time."""

    def __init__(self, transport: RTCDtlsTransport) -> None:
        dtls: Any = transport
        self._dtls = dtls
        self._connected = dtls._state
        self._counts: dict[str, Any] = vars(dtls)
        self._pairs: dict[int, Any] = dtls.transport._connection._nominated
        self._loop = asyncio.get_running_loop()
        dtls._tx_srtp = shared = LockedSrtpSession(dtls._tx_srtp)
        self._protect = functools.lru_cache(_REMEMBERED)(shared.protect)
        self._pair: Any = None
        self._socket: socket.socket | None = None
        self._sendto: Callable[[bytes, tuple[str, int]], object] | None = None

    def send(self, packet: bytes) -> None:
        """Protect `packet` and send it; the same packet again is sent as the same bytes.

        What the kernel does not take is lost. Raises `ConnectionError` when the connection has ended.
        """
        pair = self._pairs.get(1)
        if pair is None or self._dtls._state is not self._connected:
            raise ConnectionError("not connected")
        if pair is not self._pair:
            self._bind_pair(pair)
        data = self._protect(packet)
        if self._sendto:
            try:
                self._sendto(data, pair.remote_addr)
            except OSError:
                return
        self._counts[_SENT_BYTES] += len(data)
        self._counts[_SENT_PACKETS] += 1

    def _bind_pair(self, pair: Any) -> None:
        """Send over `pair`, which ICE has nominated."""
        self.close()
        self._pair, transport = pair, pair.protocol.transport
        own: Any = transport.get_extra_info("socket")
        if own is None:  # through a TURN server: aioice wraps it
            self._sendto = functools.partial(self._loop.call_soon_threadsafe, transport.sendto)
        else:
            mine = self._socket = own.dup()  # aiortc closing its own can't hand the number to another file meanwhile
            self._sendto = mine.sendto

    def close(self) -> None:
        """Close the descriptor. Not while `send` runs."""
        self._sendto = None
        if self._socket:
            self._socket.close()
            self._socket = None
