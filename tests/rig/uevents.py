"""A kernel that sends uevents, by a socket in place of netlink's."""

import socket
from collections.abc import Collection
from typing import Self

from callbox_device.uevents import UeventSocket


class Kernel:
    """``with Kernel() as kernel``: sends uevents to the `UeventSocket` that `open_uevents` has returned last."""

    def __init__(self) -> None:
        self._sender, self.receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.is_open = False

    def open_uevents(self, subsystems: Collection[str]) -> UeventSocket:
        """As `callbox_device.uevents.open_uevents`."""
        self.is_open = True
        return UeventSocket(subsystems, self.receiver)

    @property
    def is_watched(self) -> bool:
        """Whether they were opened, and not closed since."""
        return self.is_open and self.receiver.fileno() >= 0

    def send(self, subsystem: str, action: str = "add") -> None:
        """Tell that a device of `subsystem` was added, or something else has happened to it."""
        self._sender.send(f"{action}@/devices/x\0ACTION={action}\0SUBSYSTEM={subsystem}\0".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.close()
        self.receiver.close()
