"""Uevents: the kernel and udev tell that a device was added, removed or changed (netlink's NETLINK_KOBJECT_UEVENT)."""

import contextlib
import errno
import socket
from collections.abc import Collection

from callbox_device.model.uevents import subsystem_in

_NETLINK_KOBJECT_UEVENT = 15
"""Of linux/netlink.h."""
_KERNEL, _UDEV = 1, 2
"""Multicast groups. udev's message comes when it has set group and mode; the kernel's also where no udev runs."""
_MAX_BYTES = 16384
_MAX_MESSAGES = 256
"""Of one `UeventSocket.read`, so that a flood can't hold its caller."""


class UeventSocket:
    """Uevents of `subsystems`, by netlink. One thread. Any user may receive them. Raises OSError: a sandbox forbids it.

    A message is a hint: what is there is read from /proc, /sys and /dev. So a lost message counts as one, and so would
    a forged one (the kernel lets root alone send them). `received`: a socket that is open, for tests.
    """

    def __init__(self, subsystems: Collection[str], received: socket.socket | None = None) -> None:
        self._subsystems = frozenset(subsystems)
        self._socket = received or _netlink()
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """For poll."""
        return self._socket.fileno()

    def read(self) -> bool:
        """Read what has arrived; returns whether a device of the subsystems was added, removed or changed."""
        is_changed = False
        for _ in range(_MAX_MESSAGES):
            try:
                message = self._socket.recv(_MAX_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENOBUFS:  # that means: more than the socket keeps have arrived
                    raise
                is_changed = True
                continue
            is_changed = is_changed or subsystem_in(message) in self._subsystems
        return is_changed

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def open_uevents(subsystems: Collection[str]) -> UeventSocket | None:
    """Uevents of `subsystems`; None: they can't be had here, and devices have to be looked for from time to time."""
    with contextlib.suppress(OSError, AttributeError):  # the latter where there is no netlink: no Linux
        return UeventSocket(subsystems)
    return None


def _netlink() -> socket.socket:
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_KOBJECT_UEVENT)
    try:
        netlink.bind((0, _KERNEL | _UDEV))
    except OSError:
        netlink.close()
        raise
    return netlink
