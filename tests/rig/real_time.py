"""The event loop of tests in real time."""

import asyncio
import socket
from typing import Any


class RealTimeLoop(asyncio.SelectorEventLoop):
    """Closes a connection that a server has accepted while it was being closed.

    asyncio (3.11 to 3.13) fails to make its transport (`Server._attach` asserts), and leaves it to the garbage collector, which
    complains of it in whichever test runs then.
    """

    async def _accept_connection2(
        self, factory: Any, connection: socket.socket, extra: Any, tls: Any = None, server: Any = None, *rest: Any
    ) -> None:
        if server is not None and not server.is_serving():
            connection.close()
        else:
            await super()._accept_connection2(factory, connection, extra, tls, server, *rest)  # type: ignore[misc]
