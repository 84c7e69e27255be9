"""Free ports."""

import socket
import time

from callbox.demo.processes import free_port

__all__ = ["free_port", "wait_until_open"]


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
