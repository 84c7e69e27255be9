"""Check whether the TURN allocation of a waiting connection is still there: aioice (0.13) refreshes it after 500 s
only.
"""

import asyncio
from typing import Any

from aioice import Connection, stun, turn

_CLIENT = "_TurnTransport__inner_protocol"


async def is_alive(connection: Connection, within_s: float) -> bool:
    """Refresh each allocation of `connection` (RFC 8656, 7.1): whether the server knows it, within `within_s`.

    True for a connection without one. The answer is 437 (allocation mismatch) if the server was restarted, or sees
    another address of ours: a NAT has forgotten the mapping.
    """
    try:
        async with asyncio.timeout(within_s):
            for client in _clients(connection):
                request = stun.Message(message_method=stun.Method.REFRESH, message_class=stun.Class.REQUEST)
                request.attributes["LIFETIME"] = client.lifetime
                await client.request_with_retry(request)
    except (TimeoutError, OSError, stun.TransactionError):
        return False
    return True


def _clients(connection: Connection) -> list[Any]:
    aioice: Any = connection
    transports = [protocol.transport for protocol in aioice._protocols]
    return [getattr(each, _CLIENT) for each in transports if isinstance(each, turn.TurnTransport)]
