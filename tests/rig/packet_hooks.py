"""The clients' fast path past asyncio and aioice, for rigs that lose packets.

The product takes it only if aioice's methods are as it knows them, and keeps the answer. So it is asked here, before a
rig replaces those methods: which path a test takes doesn't depend on the tests before it. The `rtp_way` fixture
tests both.
"""

from collections.abc import Callable
from typing import Any

from callbox.transports.aiortc_patches import compat, rtp_fast_path
from callbox.transports.aiortc_patches.srtp_socket import SrtpSocket

compat.unsupported_reason()


class FastPathHooks:
    """From `install` to `remove` a client sends only what ``gives(protocol, data)``, and gets what `takes` does."""

    def __init__(self, gives: Callable[[Any, bytes], bool], takes: Callable[[Any, bytes], bool]) -> None:
        self._gives, self._takes = gives, takes

    def install(self) -> None:
        wire: Any = SrtpSocket
        ways: Any = rtp_fast_path
        self._real = bind_pair, install_receive_fast_path = wire._bind_pair, ways.install_receive_fast_path
        gives, takes = self._gives, self._takes

        def lossy_bind_pair(self, pair):
            bind_pair(self, pair)
            give = self._sendto
            self._sendto = lambda data, address: give(data, address) if gives(pair.protocol, data) else None

        def lossy_receive(receiver, known, take):
            install_receive_fast_path(receiver, known, take)
            for protocol in receiver.transport.transport._connection._protocols:
                received = protocol.datagram_received
                protocol.datagram_received = lambda data, address, protocol=protocol, received=received: (
                    received(data, address) if takes(protocol, data) else None
                )

        wire._bind_pair, ways.install_receive_fast_path = lossy_bind_pair, lossy_receive

    def remove(self) -> None:
        wire: Any = SrtpSocket
        ways: Any = rtp_fast_path
        wire._bind_pair, ways.install_receive_fast_path = self._real
