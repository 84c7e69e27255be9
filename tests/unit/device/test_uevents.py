"""Uevents: messages as the kernel and udev send them; through a socket, and one that lost some."""

import errno
import socket
import struct

import pytest

from callbox_device.model.uevents import subsystem_in
from callbox_device.uevents import UeventSocket, open_uevents

PROPERTIES = b"ACTION=add\0DEVPATH=/devices/soc/sound/card1\0SUBSYSTEM=sound\0SEQNUM=2101\0"
KERNEL = b"add@/devices/soc/sound/card1\0" + PROPERTIES
"""As kobject_uevent_env() of lib/kobject_uevent.c writes it."""


def of_udev(properties=PROPERTIES, magic=0xFEEDCAFE):
    """As device_monitor_send() of systemd writes it: the header, with hashes for filters, and the properties."""
    header = struct.pack("=8s4sIII", b"libudev", magic.to_bytes(4, "big"), 40, 40, len(properties))
    return header + struct.pack(">IIII", 0xDC39DC97, 0, 0, 0) + properties


@pytest.mark.parametrize(
    ("message", "subsystem"),
    [
        (KERNEL, "sound"),
        (of_udev(), "sound"),
        (of_udev(b"SUBSYSTEM=hidraw\0" + PROPERTIES.replace(b"SUBSYSTEM=sound\0", b"")), "hidraw"),
        (of_udev(magic=1), None),
        (of_udev()[:20], None),
        (of_udev(b""), None),
        (b"add@/devices/x\0ACTION=add\0", None),
        (b"SUBSYSTEM=sound\0SUBSYSTEM=sound\0", None),
        (b"", None),
        (b"add@/d\0SUBSYSTEM=\xff\0", "\ufffd"),
    ],
)
def test_the_subsystem_of_a_message(message, subsystem):
    assert subsystem_in(message) == subsystem


@pytest.fixture
def ends():
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    yield sender, receiver
    sender.close()
    receiver.close()


def test_what_arrived_is_read_at_once_and_only_wanted_subsystems_count(ends):
    sender, receiver = ends
    uevents = UeventSocket(["sound"], receiver)
    assert not uevents.read()
    sender.send(KERNEL.replace(b"SUBSYSTEM=sound", b"SUBSYSTEM=block"))
    assert not uevents.read()
    for message in (KERNEL, b"", of_udev()):
        sender.send(message)
    assert uevents.fileno() == receiver.fileno()
    assert uevents.read()
    assert not uevents.read()


class Failing(socket.socket):
    """A socket that lost messages, then is empty; or that is broken."""

    errors: list[OSError]

    def recv(self, *_):
        raise self.errors.pop(0)


@pytest.fixture
def failing():
    with Failing(socket.AF_UNIX, socket.SOCK_DGRAM) as failing:
        yield failing


def test_lost_messages_count_as_one_and_another_error_is_raised(failing):
    uevents = UeventSocket(["sound"], failing)
    failing.errors = [OSError(errno.ENOBUFS, "No buffer space"), BlockingIOError(), OSError(errno.EIO, "broken")]
    assert uevents.read()
    with pytest.raises(OSError, match="broken"):
        uevents.read()


def test_where_netlink_is_forbidden_there_are_none(monkeypatch):
    def refuse(*_):
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", refuse)
    assert open_uevents(["sound"]) is None


def test_on_another_system_than_linux_there_are_none(monkeypatch):
    monkeypatch.delattr(socket, "AF_NETLINK")
    assert open_uevents(["sound"]) is None
