"""The address from which this machine would reach another one now. Any thread; sends nothing."""

import socket


def route_source(connected: socket.socket) -> str | None:
    """The address from which a new connection to the peer of `connected` would go out; None: there is no route."""
    try:
        with socket.socket(connected.family, socket.SOCK_DGRAM) as probe:
            probe.connect(connected.getpeername())  # asks the routing table
            return str(probe.getsockname()[0])
    except OSError:
        return None


def is_on_route(connected: socket.socket) -> bool:
    """Whether a new connection to the peer of `connected` would go out from the same address."""
    source = route_source(connected)
    return source is not None and source == connected.getsockname()[0]


def is_off_route(connected: socket.socket) -> bool:
    """Whether a new connection would go out from another address: DHCP gave one, or another interface took over.

    False without any route: the network may come back as it was. False for a socket that is closed.
    """
    try:
        source = route_source(connected)
        return source is not None and source != connected.getsockname()[0]
    except OSError:
        return False
