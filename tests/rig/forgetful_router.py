"""A router that forgets TCP connections without a sign."""

import asyncio
import contextlib
import ctypes
import math
import socket
import struct

import pytest
from tests.rig.tcp_server import tcp_server

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h
_DROP_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # one instruction of BPF: return 0


def drop_all(connected):
    """Let the kernel drop each segment that arrives for `connected`, unacknowledged."""
    program = struct.pack("HL", 1, ctypes.addressof(_DROP_ALL))
    connected.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


@contextlib.asynccontextmanager
async def forgetful_router(port, host="127.0.0.1", listen_port=0, idle_s=math.inf):
    """A relay to `port` that can be told to forget its connections: no segment of them arrives, none is passed on.

    It forgets by itself those that are idle for `idle_s`, as a NAT does. The test is skipped where the kernel lets root
    alone filter TCP (6.18 does).
    """
    with socket.socket() as tried:
        try:
            drop_all(tried)
        except PermissionError:
            pytest.skip("the kernel lets root alone filter TCP")
    forgotten: set[asyncio.StreamWriter] = set()
    connections: list[asyncio.StreamWriter] = []
    loop = asyncio.get_running_loop()

    def forget(writers):
        for writer in writers:
            with contextlib.suppress(OSError):  # closed
                drop_all(writer.get_extra_info("socket"))
            forgotten.add(writer)

    async def pump(reader, writer, caller):
        while True:
            idle = loop.call_later(idle_s, forget, [caller]) if idle_s < math.inf else None
            data = await reader.read(65_536)
            if idle:
                idle.cancel()
            if not data:
                break
            if caller not in forgotten:
                writer.write(data)
        writer.close()

    async def serve(reader, writer):
        connections.append(writer)
        there = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(reader, there[1], writer), pump(there[0], writer, writer))
        finally:
            there[1].close()

    async with tcp_server(serve, host, listen_port) as port_:
        yield port_, lambda: forget(connections)
