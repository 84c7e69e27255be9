"""Loopback candidates for a box and a bot on one machine without a network.

aioice never offers 127.0.0.1: two peers on a machine without another address have no candidates.
"""

import functools
import sys

from callbox.transports.aiortc_patches import compat

_GATHER = "aioice.ice.get_host_addresses"


def host_addresses() -> list[str]:
    """Addresses of this machine of which candidates are made, in order; none: they aren't known."""
    gather = compat.find(_GATHER)
    return sorted(gather(use_ipv4=True, use_ipv6=True)) if gather else []


@functools.cache
def allow_loopback() -> None:
    """Let aioice offer 127.0.0.1 when the machine has no other address. Idempotent; needs no root.

    Without effect on an aioice that finds its addresses otherwise.
    """
    gather = compat.find(_GATHER)
    if gather is None:
        return

    def get_host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        found: list[str] = gather(use_ipv4, use_ipv6)
        return found or (["127.0.0.1"] if use_ipv4 else ["::1"])

    setattr(sys.modules["aioice.ice"], "get_host_addresses", get_host_addresses)  # noqa: B010 - a module's attribute
