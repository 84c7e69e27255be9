"""A TURN server (RFC 8656) with long-term credentials over UDP, TCP or TLS: as much of one as aioice needs.

In the event loop of the test. Source of the coding: aioice's own STUN messages.
"""

import asyncio
import functools
import ssl
from typing import Any, Self

import aioice.ice
from aioice import stun
from aioice.turn import TurnStreamMixin, is_channel_data, make_integrity_key

REALM, NONCE = "callbox.test", b"nonce"


class TurnServer:
    """``async with TurnServer("tcp") as turn``: `turn.ice_server` is its entry for a list of ICE servers.

    `transport`: udp or tcp; with `tls`, TLS over tcp. `host`: where it listens.
    """

    def __init__(self, transport: str = "udp", *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self._transport, self._host, self._tls = transport, host, tls
        self.username, self.password = "box", "right"
        self.allocations = 0
        """Made so far."""
        self.refuses: tuple[int, str] | None = None
        """Code and reason by which it refuses an allocation."""
        self.silent = False
        """Whether it answers no request any more."""
        self._clients: set[_Client] = set()
        self._server: Any = None

    @property
    def ice_server(self) -> dict[str, str]:
        scheme = "turns" if self._tls else "turn"
        host = f"[{self._host}]" if ":" in self._host else self._host
        url = f"{scheme}:{host}:{self._port}?transport={self._transport}"
        return {"urls": url, "username": self.username, "credential": self.password}

    def forget_allocations(self) -> None:
        """Forget each over UDP, as a server that is restarted, or for which a NAT has made another port."""
        for client in self._clients:
            client.forget()

    def drop_connections(self) -> None:
        """End each connection, as a server that is restarted; new ones are accepted."""
        for client in list(self._clients):
            client.close()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        if self._transport == "tcp":
            server = self._server = await loop.create_server(lambda: _TcpProtocol(self), self._host, 0, ssl=self._tls)
            self._port = server.sockets[0].getsockname()[1]
        else:
            self._server, _ = await loop.create_datagram_endpoint(
                lambda: _UdpProtocol(self), local_addr=(self._host, 0)
            )
            self._port = self._server.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.drop_connections()
        await asyncio.sleep(0)


class _Client:
    """One client: its allocation and its channels."""

    def __init__(self, server: TurnServer, transport: Any, address: Any) -> None:
        self._server, self._transport, self._address = server, transport, address
        self._relay: Any = None
        self._allocating = b""
        """Transaction of the last request for an allocation: UDP's are repeated by who waits for the answer."""
        self._channels: dict[tuple[str, int], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        server._clients.add(self)

    def close(self) -> None:
        self._server._clients.discard(self)
        if self._relay:
            self._relay.close()
        if not hasattr(self._transport, "sendto"):
            self._transport.close()

    def forget(self) -> None:
        if self._relay:
            self._relay.close()
        self._relay = None
        self._channels.clear()

    def received(self, data: bytes) -> None:
        if is_channel_data(data):
            peer = next((peer for peer, number in self._channels.items() if number == int.from_bytes(data[:2])), None)
            if peer and self._relay:
                self._relay.sendto(data[4 : 4 + int.from_bytes(data[2:4])], peer)
            return
        try:
            request = stun.parse_message(data)
        except ValueError:  # TLS to a server without it
            self.close()
            return
        if self._server.silent:
            return
        task = asyncio.ensure_future(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: stun.Message) -> None:
        response = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        key = make_integrity_key(self._server.username, REALM, self._server.password)
        if not request.check_message_integrity(key):
            response.message_class = stun.Class.ERROR
            response.attributes |= {"ERROR-CODE": (401, "Unauthorized"), "REALM": REALM, "NONCE": NONCE}
            self._send(bytes(response))
            return
        match request.message_method:
            case stun.Method.ALLOCATE if self._server.refuses:
                response.message_class = stun.Class.ERROR
                response.attributes["ERROR-CODE"] = self._server.refuses
            case method if method != stun.Method.ALLOCATE and self._relay is None:
                response.message_class = stun.Class.ERROR
                response.attributes["ERROR-CODE"] = (437, "Allocation Mismatch")
            case stun.Method.ALLOCATE:
                if request.transaction_id != self._allocating:
                    self._allocating = request.transaction_id
                    await self._allocate()
                elif self._relay is None:
                    return  # it is being made
                response.attributes["LIFETIME"] = 600
                response.attributes["XOR-MAPPED-ADDRESS"] = ("127.0.0.1", self._address[1])
                response.attributes["XOR-RELAYED-ADDRESS"] = self._relay.get_extra_info("sockname")[:2]
            case stun.Method.REFRESH:
                response.attributes["LIFETIME"] = request.attributes["LIFETIME"]
            case stun.Method.CHANNEL_BIND:
                self._channels[request.attributes["XOR-PEER-ADDRESS"]] = request.attributes["CHANNEL-NUMBER"]
        response.add_message_integrity(key)
        self._send(bytes(response))

    async def _allocate(self) -> None:
        self._server.allocations += 1
        address = (aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False) or ["127.0.0.1"])[0]
        self._relay, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _RelayProtocol(self), local_addr=(address, 0)
        )

    def relayed(self, data: bytes, peer: tuple[str, int]) -> None:
        number = self._channels.get(peer)
        if number is not None:
            padding = bytes(-len(data) % 4) if not hasattr(self._transport, "sendto") else b""
            self._send(number.to_bytes(2) + len(data).to_bytes(2) + data + padding)

    def _send(self, data: bytes) -> None:
        if hasattr(self._transport, "sendto"):
            self._transport.sendto(data, self._address)
        else:
            self._transport.write(data)


class _RelayProtocol(asyncio.DatagramProtocol):
    def __init__(self, client: _Client) -> None:
        self._client = client

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._client.relayed(data, (addr[0], addr[1]))


class _UdpProtocol(asyncio.DatagramProtocol):
    def __init__(self, server: TurnServer) -> None:
        self._client_of = functools.cache(lambda address: _Client(server, self._transport, address))

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._client_of(addr).received(data)


class _TcpProtocol(TurnStreamMixin, asyncio.Protocol):
    def __init__(self, server: TurnServer) -> None:
        self._server = server

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._client = _Client(self._server, transport, transport.get_extra_info("peername"))
        self.datagram_received = lambda data, _: self._client.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.close()
