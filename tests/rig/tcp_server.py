"""A TCP server of a test, which leaves no connection behind."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable


@contextlib.asynccontextmanager
async def tcp_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]],
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Yields the port of a server that gives each connection to `serve`, and closes it when that returns.

    At the end the connections that are still served are closed, and so is one that came in the last moment: else the
    garbage collector would complain of it in whichever test runs then. An exception of `serve`, other than those of a
    connection that ends, is raised then.
    """
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
    failures: list[BaseException] = []
    ended = False

    async def close_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    def forget(task: asyncio.Task[None]) -> None:
        connections.pop(task)
        if not task.cancelled() and (failure := task.exception()):
            failures.append(failure)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if ended:
            writer.close()
        else:
            task = asyncio.create_task(close_after(reader, writer))
            connections[task] = writer
            task.add_done_callback(forget)

    server = await asyncio.start_server(accept, host, port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ended = True
        server.close()
        writers = list(connections.values())
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in writers:
            with contextlib.suppress(AttributeError):  # of Python 3.11.2, Bookworm's: it is closed
                writer.transport.abort()
        for writer in writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        if failures:
            raise failures[0]
