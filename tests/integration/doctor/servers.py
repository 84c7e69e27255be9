"""Servers that are wrong in one way: for the steps to broker, bot and STUN."""

import asyncio
import contextlib
import socket
import ssl

from aiohttp import web
from tests.rig.faulty_bot import FaultyBot
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate


def full(running):
    """A port at which the kernel answers no client: its backlog is full."""
    port_ = running.enter_context(socket.socket())
    port_.bind(("127.0.0.1", 0))
    port_.listen(0)
    for _ in range(4):
        waiting = running.enter_context(socket.socket())
        waiting.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            waiting.connect(port_.getsockname())
    return port_.getsockname()[1]


def server_context(folder) -> ssl.SSLContext:
    certificate, key = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def relay(running, port: int, *, delay_s: float = 0.0, tls: ssl.SSLContext | None = None, ends: bool = True):
    """Another port for `port`: each piece goes on after `delay_s`; TLS ends here.

    `ends` False: clients aren't told that the server has closed their connection.
    """

    async def pump(reader, writer, *, ends):
        try:
            while piece := await reader.read(65536):
                await asyncio.sleep(delay_s)
                writer.write(piece)
        except OSError:
            pass
        finally:
            if ends:
                writer.close()

    async def serve(reader, writer):
        there = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(reader, there[1], ends=True), pump(there[0], writer, ends=ends))
        finally:  # also when it is cancelled before a pump has begun
            there[1].close()

    return await running.enter_async_context(tcp_server(serve, tls=tls))


class Bot(FaultyBot):
    """Some moods more: a status as a number; "3.1 s"; "behind a wall"."""

    async def answer_start(self, request):
        if self.mood.isdecimal():
            return web.json_response({"error": f"we saw {await request.text()}"}, status=int(self.mood))
        if self.mood.endswith(" s"):
            await asyncio.sleep(float(self.mood[:-2]))
        return await super().answer_start(request)

    async def answer_offer(self, request):
        answer = await super().answer_offer(request)
        if self.mood == "behind a wall":
            await self.calls[-1].vanish()  # what it has told leads nowhere
        return answer


class Stun(asyncio.DatagramProtocol):
    """Answers binding requests after `delay_s`; None: never; first says something that is no answer."""

    def __init__(self, delay_s: float | None = 0.0) -> None:
        self._delay_s = delay_s
        self.callers: set[str] = set()

    async def start(self, running):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=("0.0.0.0", 0)
        )
        self._transport = transport
        running.callback(transport.close)
        return transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        from aioice import stun

        self.callers.add(addr[0])
        if self._delay_s is None:
            return
        requests = stun.parse_message(data)  # raises what is no STUN
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=requests.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = addr
        for piece in (b"\x01\x01 of another call", bytes(answer)):
            asyncio.get_running_loop().call_later(self._delay_s, self._send, piece, addr)

    def _send(self, piece, addr):
        if not self._transport.is_closing():
            self._transport.sendto(piece, addr)
