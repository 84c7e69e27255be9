"""Messages of the kernel and of udev that a device was added, removed or changed. Pure."""

import struct

_UDEV_PREFIX = b"libudev\0"
_UDEV_MAGIC = 0xFEEDCAFE
_UDEV_HEADER = struct.Struct("=8s4sIII")
"""``monitor_netlink_header`` of systemd's sd-device/device-monitor.c, the part that is needed: prefix, magic (big
endian), size of the header, where the properties begin, and how many bytes they are.
"""


def subsystem_in(message: bytes) -> str | None:
    """The subsystem of the device, such as ``sound``; None: `message` is none of theirs, or damaged.

    A message of the kernel is ``add@/devices/...`` and its properties (lib/kobject_uevent.c); one of udev, which has
    set the permissions by then, a header and its properties. Each property ends with a zero byte.
    """
    if message.startswith(_UDEV_PREFIX):
        if len(message) < _UDEV_HEADER.size:
            return None
        _, magic, _, begin, size = _UDEV_HEADER.unpack_from(message)
        if int.from_bytes(magic, "big") != _UDEV_MAGIC:
            return None
        properties = message[begin : begin + size]
    else:
        path, _, properties = message.partition(b"\0")
        if b"@/" not in path:
            return None
    for line in properties.split(b"\0"):
        name, _, value = line.partition(b"=")
        if name == b"SUBSYSTEM":
            return value.decode("ascii", "replace")
    return None
