"""Probe whether the UDP socket of a peer is closed: ICMP says so, for a process that has ended."""

import asyncio
import socket
from typing import Any

from aioice import stun
from aiortc import RTCDtlsTransport

TIMEOUT_S = 0.5


async def is_port_closed(transport: RTCDtlsTransport) -> bool:
    """Whether the port that `transport` sends to is unreachable. False: it is open, or nothing is known of it.

    A STUN binding indication, which gets no answer (RFC 8489, 6.3.2), goes there from a socket of its own; Linux tells
    a connected UDP socket of ICMP's port unreachable (udp(7)). Takes `TIMEOUT_S` at most. Through a relay, a firewall
    or NAT that passes on no ICMP nothing is known.
    """
    ice: Any = transport.transport
    pair = ice._connection._nominated.get(1)
    if pair is None or "relay" in (pair.local_candidate.type, pair.remote_candidate.type):
        return False
    host, port = pair.remote_addr[:2]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as probe:
        try:
            probe.connect((host, port))
            probe.send(bytes(stun.Message(stun.Method.BINDING, stun.Class.INDICATION)))
            async with asyncio.timeout(TIMEOUT_S):
                await asyncio.get_running_loop().sock_recv(probe, 1)
        except ConnectionRefusedError:
            return True
        except (OSError, TimeoutError):
            return False
    return False
