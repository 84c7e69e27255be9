"""Connection of a simulated box to the broker: paho with its socket in the event loop, not in a thread of its own.

As in `callbox.mqtt.client`, each connection has a new paho client.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

from callbox.mqtt import paho_client
from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.topics import Publication
from callbox.mqtt.paho_client import Broker, BrokerError, Connected, Ended, Event, Published, Received, Subscribed
from callbox.mqtt.reconnect import OnServed
from callbox.system.event_loop import is_set_within
from callbox.text import one_line

OnMessage = Callable[[Received], None]


class AsyncClient:
    """One connection. Event loop only; `executor`: where paho waits for TCP and TLS, which it does blocking."""

    def __init__(self, broker: Broker, client_id: str, will: Publication | None, boot: str, executor: Executor) -> None:
        self._broker = broker
        self._executor = executor
        self._client = paho_client.new_client(broker, client_id, will, boot, self._on_event)
        self._loop = asyncio.get_running_loop()
        self._connack: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._acknowledged = asyncio.Event()
        self._last_mid: int | None = None
        self._on_message: OnMessage | None = None
        self._on_acknowledged: Callable[[int], None] | None = None
        self._on_served: OnServed | None = None
        self._socket: Any = None
        self._writing = False

    async def open(
        self,
        patterns: Sequence[str],
        on_message: OnMessage,
        acknowledged: Callable[[int], None],
        on_served: OnServed | None = None,
    ) -> None:
        """Connect, wait for CONNACK, and subscribe. Raises `BrokerError`."""
        client = self._client
        self._on_message, self._on_acknowledged, self._on_served = on_message, acknowledged, on_served
        try:
            await self._loop.run_in_executor(self._executor, paho_client.connect_blocking, client, self._broker)
        except OSError as error:
            raise paho_client.connect_error(self._broker, error) from None
        except ValueError as error:
            raise BrokerError(f"{self._broker.address}: {error}") from None
        self._socket = client.socket()
        if self._socket is None:
            raise BrokerError(f"no connection to the broker at {self._broker.address}")
        client.on_socket_close = lambda *_: self._detach_socket()
        self._loop.add_reader(self._socket, self._on_readable)
        self._flush()
        await self._connack
        client.subscribe([(pattern, 1) for pattern in patterns])
        self._flush()

    def publish(self, publication: Publication) -> int:
        """Send `publication` now, or as soon as the socket takes it. Returns its packet identifier."""
        self._last_mid = number = int(paho_client.publish(self._client, publication).mid)
        self._flush()
        return number

    def tick(self) -> None:
        """Keep-alive, and the timeout of CONNACK. Call it about once a second."""
        if self._socket is not None:
            self._client.loop_misc()
            self._flush()

    async def ended(self) -> None:
        """Wait until the connection is over. Raises `BrokerError`."""
        await asyncio.shield(self._ended)

    async def publish_last(self, publication: Publication, within_s: float) -> None:
        """Publish `offline`, and wait for its PUBACK, at most `within_s` seconds."""
        self._acknowledged.clear()
        self.publish(publication)
        await is_set_within(self._acknowledged, within_s)

    def close(self) -> None:
        """DISCONNECT; without an open connection: nothing."""
        self._client.disconnect()
        self._flush()
        self._detach_socket()
        for future in (self._connack, self._ended):
            if future.done() and not future.cancelled():
                future.exception()  # seen
            future.cancel()

    # -- events, in the event loop -------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        match event:
            case Connected():
                if not self._connack.done():
                    self._connack.set_result(None)
            case Ended(error):
                for future in (self._connack, self._ended):
                    if not future.done():
                        future.set_exception(error)
            case Published(number):
                if number == self._last_mid:
                    self._acknowledged.set()
                # Not here: paho calls this while it writes what has QoS 0, and would wait for itself at the next write.
                self._loop.call_soon(self._acknowledge, number)
            case Subscribed() if self._on_served:
                self._on_served()
            case Received() if self._on_message:
                self._on_message(event)

    def _acknowledge(self, number: int) -> None:
        if self._on_acknowledged and not self._ended.done():
            self._on_acknowledged(number)

    # -- the socket ----------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        try:
            self._client.loop_read()
            while self._socket and hasattr(self._socket, "pending") and self._socket.pending():  # TLS has read ahead
                self._client.loop_read()
        except Exception as error:  # a packet that paho can't decode
            text = f"no connection to the broker at {self._broker.address}: {type(error).__name__}: {one_line(error)}"
            self._detach_socket()
            self._on_event(Ended(BrokerError(text, EndReason.LOST)))
        else:
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

    def _detach_socket(self) -> None:
        line, self._socket, self._writing = self._socket, None, False
        if line is not None and line.fileno() >= 0:
            self._loop.remove_reader(line)
            self._loop.remove_writer(line)
