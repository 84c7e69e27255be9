"""A router that forgets TCP connections without a sign."""

import asyncio
import contextlib
import math


@contextlib.asynccontextmanager
async def forgetful_router(port, host="127.0.0.1", listen_port=0, idle_s=math.inf):
    """A relay to `port` that can be told to forget its connections: it takes what comes, and passes on nothing.

    It forgets by itself those that are idle for `idle_s`, as a NAT does.
    """
    forgotten: set[int] = set()
    connections = 0
    now_s = asyncio.get_running_loop().time
    used_s: dict[int, float] = {}

    async def pump(number, reader, writer):
        while data := await reader.read(65_536):
            if now_s() - used_s[number] > idle_s:
                forgotten.add(number)
            used_s[number] = now_s()
            if number not in forgotten:
                writer.write(data)
        writer.close()

    async def serve(reader, writer):
        nonlocal connections
        number, connections = connections, connections + 1
        used_s[number] = now_s()
        there = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(pump(number, reader, there[1]), pump(number, there[0], writer))

    listening = await asyncio.start_server(serve, host, listen_port)
    async with listening:
        yield listening.sockets[0].getsockname()[1], lambda: forgotten.update(range(connections))
