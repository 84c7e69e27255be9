"""Lets a box and a bot on one machine find each other without any network.

aioice never offers 127.0.0.1, so that two peers on a machine whose only address that is (a demo on a train)
have nothing to try. Where there is a real address, nothing changes.
"""

import functools

import aioice.ice


@functools.cache
def allow_loopback() -> None:
    """From now on aioice offers 127.0.0.1 when the machine has no other address. Idempotent; needs no root."""
    gather = aioice.ice.get_host_addresses

    def get_host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return gather(use_ipv4, use_ipv6) or (["127.0.0.1"] if use_ipv4 else ["::1"])

    aioice.ice.get_host_addresses = get_host_addresses
