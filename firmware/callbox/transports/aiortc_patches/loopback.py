"""Loopback candidates for a box and a bot on one machine without a network.

aioice never offers 127.0.0.1: two peers on a machine without another address have no candidates.
"""

import functools

import aioice.ice


@functools.cache
def allow_loopback() -> None:
    """Let aioice offer 127.0.0.1 when the machine has no other address. Idempotent; needs no root."""
    gather = aioice.ice.get_host_addresses

    def get_host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return gather(use_ipv4, use_ipv6) or (["127.0.0.1"] if use_ipv4 else ["::1"])

    aioice.ice.get_host_addresses = get_host_addresses
