"""Free ports."""

import os
import random
import socket
import time
from itertools import cycle

from callbox.demo.processes import is_free

PORTS_OF_A_WORKER = 500
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST = 20_000 + _WORKER % 25 * PORTS_OF_A_WORKER
_PORTS = cycle(random.SystemRandom().sample(range(_FIRST, _FIRST + PORTS_OF_A_WORKER), PORTS_OF_A_WORKER))


def free_port() -> int:
    """A TCP port that is free now, and that nothing else is given while a server starts at it.

    It is below Linux' ip_local_port_range (from 32768), from which connections and servers without a port of their own get
    theirs, and each of pytest-xdist's workers has its own.
    """
    return next(port for port in _PORTS if is_free(port))


def wait_until_open(port: int, within_s: float = 60, alive=lambda: True, host: str = "127.0.0.1") -> None:
    """Return when something listens on `port` of `host`; TimeoutError if it doesn't come, or `alive` ends."""
    give_up_s = time.monotonic() + within_s
    while time.monotonic() < give_up_s and alive():
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")
