"""One simulated box's connection to the broker: paho with its socket in the event loop, not in a thread of its own.

As `callbox.mqtt.client` does it, a run is one connection by a fresh client, told about by the same `Reporter`.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

from callbox.mqtt import paho_client
from callbox.mqtt.model.topics import Publication
from callbox.mqtt.paho_client import Broker, BrokerError

OnMessage = Callable[[str, bytes, bool], None]


class AsyncClient:
    """One connection. Event loop only; `doors`: where paho waits for TCP and TLS, which it does blocking."""

    def __init__(self, broker: Broker, client_id: str, will: Publication, boot: str, doors: Executor) -> None:
        self._broker = broker
        self._doors = doors
        self._client = paho_client.new_client(broker, client_id, will, boot)
        self._loop = asyncio.get_running_loop()
        self._connack: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._acknowledged = asyncio.Event()
        self._last_mid: int | None = None
        self._socket: Any = None
        self._writing = False

    async def open(self, patterns: Sequence[str], on_message: OnMessage, acknowledged: Callable[[int], None]) -> None:
        """CONNECT, and its answer. Raises `BrokerError`."""
        client = self._client
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = lambda _, __, m: on_message(m.topic, bytes(m.payload), m.retain)
        client.on_publish = lambda _, __, number, ___, ____: self._on_publish(number, acknowledged)
        place = self._broker.host, self._broker.port, self._broker.keep_alive_s
        try:
            await self._loop.run_in_executor(self._doors, client.connect, *place)
        except OSError as error:
            raise paho_client.connect_error(self._broker, error) from None
        except ValueError as error:
            raise BrokerError(f"{self._broker.address}: {error}") from None
        self._socket = client.socket()
        if self._socket is None:
            raise BrokerError(f"no connection to the broker at {self._broker.address}")
        client.on_socket_close = lambda *_: self._let_go()
        self._loop.add_reader(self._socket, self._on_readable)
        self._flush()
        await self._connack
        client.subscribe([(pattern, 1) for pattern in patterns])
        self._flush()

    def publish(self, publication: Publication) -> int:
        """Send it now, or as soon as the socket takes it. Returns the number that it is acknowledged by."""
        self._last_mid = number = int(paho_client.publish(self._client, publication).mid)
        self._flush()
        return number

    def tick(self) -> None:
        """Once a second or so: keep-alive, and the end of a connection whose CONNECT nobody answers."""
        if self._socket is not None:
            self._client.loop_misc()
            self._flush()

    async def ended(self) -> None:
        """Wait until the connection is over. Raises `BrokerError`."""
        await asyncio.shield(self._over)

    async def part(self, goodbye: Publication, within_s: float) -> None:
        """The last word, its acknowledgement, and DISCONNECT."""
        self._acknowledged.clear()
        self.publish(goodbye)
        try:
            async with asyncio.timeout(within_s):
                await self._acknowledged.wait()
        except TimeoutError:
            pass

    def close(self) -> None:
        """DISCONNECT; without an open connection: nothing."""
        self._client.disconnect()
        self._flush()
        self._let_go()
        for future in (self._connack, self._over):
            if future.done() and not future.cancelled():
                future.exception()  # seen
            future.cancel()

    # -- what paho calls, in the event loop --------------------------------------------------------------

    def _on_connect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if self._connack.done():
            return
        if reason.is_failure:
            self._connack.set_exception(
                BrokerError(f"the broker at {self._broker.address} refused the connection: {reason}")
            )
        else:
            self._connack.set_result(None)

    def _on_disconnect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        error = paho_client.disconnect_error(self._broker, reason, was_in=self._connack.done())
        for future in (self._connack, self._over):
            if not future.done():
                future.set_exception(error)

    def _on_publish(self, number: int, acknowledged: Callable[[int], None]) -> None:
        if number == self._last_mid:
            self._acknowledged.set()
        acknowledged(number)

    # -- the socket ----------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        self._client.loop_read()
        while self._socket and hasattr(self._socket, "pending") and self._socket.pending():  # TLS has read ahead
            self._client.loop_read()
        self._flush()

    def _on_writable(self) -> None:
        self._client.loop_write()
        self._flush()

    def _flush(self) -> None:
        # What was published within one of paho's callbacks waits for this; what the kernel didn't take, for it.
        if self._client.want_write() and not self._writing:
            self._client.loop_write()
        waits = self._socket is not None and self._client.want_write()
        if waits != self._writing and self._socket is not None:
            self._writing = waits
            if waits:
                self._loop.add_writer(self._socket, self._on_writable)
            else:
                self._loop.remove_writer(self._socket)

    def _let_go(self) -> None:
        line, self._socket, self._writing = self._socket, None, False
        if line is not None and line.fileno() >= 0:
            self._loop.remove_reader(line)
            self._loop.remove_writer(line)
