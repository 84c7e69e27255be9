"""The clients' fast path past asyncio and aioice, for rigs that lose packets.

The product takes it only if aioice's methods are as it knows them, and keeps the answer. So it is asked here, before a
rig replaces those methods: which path a test takes doesn't depend on the tests before it. The `rtp_way` fixture
tests both.
"""

from collections.abc import Callable
from typing import Any

from callbox.transports.aiortc_patches import rtp_fast_path
from callbox.transports.aiortc_patches.srtp_socket import Wire
from callbox.transports.small_webrtc import rtp_session
from callbox.transports.small_webrtc.peer_connection import may_take_shortcuts

rtp_session.is_possible()
may_take_shortcuts()


class Wires:
    """From `put_in_place` to `remove` a client sends only what ``gives(protocol, data)``, and gets what `takes` does."""

    def __init__(self, gives: Callable[[Any, bytes], bool], takes: Callable[[Any, bytes], bool]) -> None:
        self._gives, self._takes = gives, takes

    def put_in_place(self) -> None:
        wire: Any = Wire
        ways: Any = rtp_fast_path
        self._real = follow, shorten = wire._follow, ways.shorten
        gives, takes = self._gives, self._takes

        def lossy_follow(self, pair):
            follow(self, pair)
            give = self._give
            self._give = lambda data, address: give(data, address) if gives(pair.protocol, data) else None

        def lossy_shorten(receiver, known, take):
            shorten(receiver, known, take)
            for protocol in receiver.transport.transport._connection._protocols:
                received = protocol.datagram_received
                protocol.datagram_received = lambda data, address, protocol=protocol, received=received: (
                    received(data, address) if takes(protocol, data) else None
                )

        wire._follow, ways.shorten = lossy_follow, lossy_shorten

    def remove(self) -> None:
        wire: Any = Wire
        ways: Any = rtp_fast_path
        wire._follow, ways.shorten = self._real
