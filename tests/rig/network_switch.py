"""The network of one process, as a cable that can be pulled: every UDP packet of aioice, and a TCP port."""

import asyncio
import contextlib
from typing import Any, Self

import aioice.ice
from tests.rig.packet_hooks import FastPathHooks
from tests.rig.tcp_server import tcp_server


class NetworkSwitch:
    """``async with NetworkSwitch(port) as cable``: `cable.port` leads to `port` as long as `cable.whole`.

    Cut, it loses what is sent by any ICE connection of this process, and what comes; HTTP requests through it get no
    answer and no error, as on a Wi-Fi that has gone. `cut_in` and `cut_out` cut one direction of UDP only.
    """

    def __init__(self, port: int) -> None:
        self._to_port = port
        self.port = 0
        self._running = contextlib.AsyncExitStack()
        self.cut_in = self.cut_out = self.cut_tcp = False
        self.lost = 0
        self._dead_below = self._relay_count = self._dead_relays_below = 0
        self.relays = 0
        """TCP connections that lead through it now."""
        self._wires = FastPathHooks(lambda protocol, _: self._gives(protocol), self._takes_noted)

    def cut(self) -> None:
        self.cut_in = self.cut_out = self.cut_tcp = True

    def mend(self, *, old_paths: bool = True) -> None:
        """Whole again; `old_paths` False: only for sockets that are still to be made, as with another address."""
        if not old_paths:
            self._dead_below = next(aioice.ice.protocol_id)
            self._dead_relays_below = self._relay_count
        self.cut_in = self.cut_out = self.cut_tcp = False

    def _takes(self, protocol) -> bool:
        return not self.cut_in and protocol.id >= self._dead_below

    def _takes_noted(self, protocol, _) -> bool:
        taken = self._takes(protocol)
        self.lost += not taken
        return taken

    def _gives(self, protocol) -> bool:
        return not self.cut_out and protocol.id >= self._dead_below

    async def __aenter__(self) -> Self:
        protocol: Any = aioice.ice.StunProtocol
        self._real = protocol.datagram_received, protocol.send_data, protocol.send_stun
        received, send_data, send_stun = self._real
        cable = self

        def datagram_received(self, data, addr):
            if cable._takes_noted(self, data):
                received(self, data, addr)

        async def lossy_send_data(self, data, addr):
            if cable._gives(self):
                await send_data(self, data, addr)

        def lossy_send_stun(self, message, addr):
            if cable._gives(self):
                send_stun(self, message, addr)

        protocol.datagram_received, protocol.send_data = datagram_received, lossy_send_data
        protocol.send_stun = lossy_send_stun
        self._wires.install()
        self.port = await self._running.enter_async_context(tcp_server(self._relay))
        return self

    async def __aexit__(self, *_: object) -> None:
        protocol: Any = aioice.ice.StunProtocol
        protocol.datagram_received, protocol.send_data, protocol.send_stun = self._real
        self._wires.remove()
        await self._running.aclose()

    async def _relay(self, reader, writer) -> None:
        number, self._relay_count = self._relay_count, self._relay_count + 1
        self.relays += 1
        there = None
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", self._to_port)
            await asyncio.gather(self._pump_out(number, reader, there), self._pump(number, there_reader, writer))
        except OSError:
            writer.transport.abort()
        finally:
            self.relays -= 1
            if there:
                there.close()

    async def _pump_out(self, number, reader, writer) -> None:
        await self._pump(number, reader, writer)
        if number < self._dead_relays_below:  # the server would keep its end until it looks after it
            raise ConnectionAbortedError

    async def _pump(self, number, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                while self.cut_tcp:
                    await asyncio.sleep(0.05)
                if number >= self._dead_relays_below:
                    writer.write(data)
                    await writer.drain()
            if number >= self._dead_relays_below:  # else neither end is told
                writer.write_eof()
